package dev.sdlora.families.conditioning;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tokens.TrainedWords;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the conditions of prompts to those of diffusers in float64. */
class T5ConditionerTest {
  /** Its tokens stand for those of the goldens, which {@link TinyTextEncoders} knows. */
  private static final String TEXT = TinyTextEncoders.TEXT;

  private static final int LENGTH = 16;
  private static final int WIDTH = 80;
  private static final int CLIP = 77;
  private static final double TOLERANCE = 2e-5;
  private static final PromptSteps PASS = PromptSteps.first(4);

  private static TinyTextEncoders tiny;

  @BeforeAll
  static void open() {
    tiny = TinyTextEncoders.open();
  }

  @AfterAll
  static void close() {
    tiny.close();
  }

  private static T5Conditioner flux1(PromptOptions options) {
    return flux1(LENGTH, options);
  }

  private static T5Conditioner flux1(int least, PromptOptions options) {
    return T5Conditioner.flux1(
        tiny.clipL(), tiny.t5(), least, LENGTH, options, TrainedWords.NONE, parts -> true);
  }

  private static T5Conditioner chroma(int tokens) {
    return T5Conditioner.chroma(tiny.t5(), tokens, PromptOptions.DEFAULTS, parts -> true);
  }

  private static T5Conditioner sd3(boolean t5, boolean zeros) {
    return T5Conditioner.sd3(
        List.of(tiny.clipLOfSd3(), tiny.clipG()),
        new T5Conditioner.LongText(
            t5 ? Optional.of(tiny.t5()) : Optional.empty(), LENGTH, LENGTH, WIDTH, zeros),
        PromptOptions.DEFAULTS,
        TrainedWords.NONE,
        parts -> true);
  }

  private static Conditions.Call call(T5Conditioner conditioner, String prompt, String negative) {
    try (NDManager scope = tiny.scope()) {
      return conditioner.conditions(prompt, negative, PASS, scope).at(0);
    }
  }

  private static Conditioning one(T5Conditioner conditioner, String prompt) {
    return call(conditioner, prompt, "").prompt().get(0);
  }

  @Test
  void flux1_textAndEmptyText_areDiffusers() {
    Conditions.Call call = call(flux1(PromptOptions.DEFAULTS), TEXT, "");
    List<Conditioning> both = List.of(call.prompt().get(0), call.negative());
    for (int row = 0; row < 2; row++) {
      assertThat(both.get(row).tokens()).isEqualTo(LENGTH);
      assertThat(both.get(row).width()).isEqualTo(WIDTH);
      assertCloseToScale(both.get(row).states(), tiny.golden("t5.states", row), TOLERANCE);
      assertCloseToScale(both.get(row).vector(), tiny.golden("clip_l.pooled", row), TOLERANCE);
    }
  }

  /** The text has 10 tokens. */
  @ParameterizedTest
  @CsvSource({"5, 10", "10, 10", "12, 12"})
  void flux1_shorterPadding_readsLongerTextsWhole(int least, int tokens) {
    assertThat(one(flux1(least, PromptOptions.DEFAULTS), TEXT).tokens()).isEqualTo(tokens);
  }

  @Test
  void chroma_textAndEmptyText_areDiffusersUpToOnePaddingToken() {
    Conditions.Call call = call(chroma(LENGTH), TEXT, "");
    List<Conditioning> both = List.of(call.prompt().get(0), call.negative());
    assertThat(both).extracting(Conditioning::tokens).containsExactly(11, 2);
    for (int row = 0; row < 2; row++) {
      float[] all = tiny.golden("t5.states_masked", row);
      assertCloseToScale(
          both.get(row).states(), Arrays.copyOf(all, both.get(row).tokens() * WIDTH), TOLERANCE);
      assertThat(both.get(row).vector()).isEmpty();
    }
  }

  @Test
  void chroma_fullText_hasNoPadding() {
    assertThat(one(chroma(10), TEXT).tokens()).isEqualTo(10);
    assertThat(one(chroma(5), TEXT).tokens()).isEqualTo(5);
  }

  @Test
  void sd3_textAndEmptyText_areDiffusers() {
    Conditions.Call call = call(sd3(true, false), TEXT, "");
    List<Conditioning> both = List.of(call.prompt().get(0), call.negative());
    for (int row = 0; row < 2; row++) {
      assertThat(both.get(row).tokens()).isEqualTo(CLIP + LENGTH);
      assertCloseToScale(both.get(row).states(), tiny.golden("context", row), TOLERANCE);
      assertCloseToScale(both.get(row).vector(), tiny.golden("pooled", row), TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sd3_withoutT5_hasZerosOrNothing(boolean zeros) {
    Conditioning text = one(sd3(false, zeros), TEXT);
    float[] context = tiny.golden("context", 0);
    assertThat(text.tokens()).isEqualTo(zeros ? CLIP + LENGTH : CLIP);
    assertCloseToScale(
        Arrays.copyOf(text.states(), CLIP * WIDTH),
        Arrays.copyOf(context, CLIP * WIDTH),
        TOLERANCE);
    assertThat(Arrays.copyOfRange(text.states(), CLIP * WIDTH, text.states().length))
        .containsOnly(zeros ? new float[] {0} : new float[0]);
    assertCloseToScale(text.vector(), tiny.golden("pooled", 0), TOLERANCE);
  }

  /** The text in brackets is tokenized like a word, so the tokens stay the same. */
  @ParameterizedTest
  @CsvSource({"ORIGINAL, 1.5", "NO_NORM, 1.5", "IGNORE, 1"})
  void flux1_weight_multipliesTheStatesOfItsTokens(Emphasis emphasis, double weight) {
    PromptOptions options = PromptOptions.DEFAULTS.withEmphasis(emphasis);
    String weighted = TEXT.replace("lighthouse", "(lighthouse:1.5)");
    Conditioning plain = one(flux1(options), TEXT);
    Conditioning text = one(flux1(options), weighted);
    float[] expected = plain.states().clone();
    for (int i = 5 * WIDTH; i < 7 * WIDTH; i++) {
      expected[i] *= (float) weight;
    }
    if (emphasis == Emphasis.ORIGINAL) {
      float factor = (float) (mean(plain.states()) / mean(expected));
      for (int i = 0; i < expected.length; i++) {
        expected[i] *= factor;
      }
    }
    assertCloseToScale(text.states(), expected, 1e-6);
    assertThat(text.vector()).isEqualTo(plain.vector());
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  @Test
  void flux1_break_appendsAPart() {
    Conditioning text = one(flux1(PromptOptions.DEFAULTS), TEXT + " BREAK ");
    Conditioning twice = one(flux1(PromptOptions.DEFAULTS), TEXT + " BREAK " + TEXT);
    assertThat(text.tokens()).isEqualTo(LENGTH);
    assertThat(twice.tokens()).isEqualTo(2 * LENGTH);
    float[] states = twice.states();
    assertThat(Arrays.copyOfRange(states, LENGTH * WIDTH, states.length)).isEqualTo(text.states());
    PromptOptions one = PromptOptions.DEFAULTS.withLimits(PromptLimits.DEFAULTS.withChunks(1));
    assertThatThrownBy(() -> one(flux1(one), TEXT + " BREAK " + TEXT))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining("PromptLimits.chunks allows 1");
  }

  @Test
  void conditions_negativeThatDoesNotAct_isNotEncoded() {
    T5Conditioner conditioner =
        T5Conditioner.chroma(tiny.t5(), LENGTH, PromptOptions.DEFAULTS, parts -> false);
    Conditions.Call call = call(conditioner, TEXT, TEXT + " " + TEXT);
    assertThat(call.negative()).isSameAs(call.prompt().get(0));
  }

  @Test
  void conditions_tokenBeyondTheTable_isRefused() {
    T5Conditioner conditioner =
        T5Conditioner.chroma(tiny.smallT5(), LENGTH, PromptOptions.DEFAULTS, parts -> true);
    assertThatThrownBy(() -> one(conditioner, TEXT))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("the text encoder knows 400 tokens, but the prompt has token");
  }
}
