package dev.sdlora.families.conditioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.Emphasis;
import dev.sdlora.families.conditioning.TextBatch.Text;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.prompt.tokens.TokenChunk;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests weighted states against manual computation. */
class TextBatchTest {
  private static Text text(String prompt, int count) {
    return new Text(Chunks.of(Attention.parse(prompt), ClipTokenizer.standard()), count);
  }

  /** States with one number each: {@code first} for the start token, then 1, 2, 3 and so on. */
  private static float[] states(float first) {
    float[] states = new float[TokenChunk.LENGTH];
    for (int i = 0; i < states.length; i++) {
      states[i] = i;
    }
    states[0] = first;
    return states;
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  @Test
  void weigh_noNorm_multipliesEachTokenByItsWeight() {
    TextBatch batch = new TextBatch(List.of(text("a (b:1.5) [c]", 1)), Emphasis.NO_NORM);
    float[] weighed = batch.weigh(List.of(states(5)), 0).get(0);
    assertThat(weighed).startsWith(5, 1, 2 * 1.5f, 3 * (float) (1 / 1.1), 4, 5);
  }

  @Test
  void weigh_original_keepsTheMeanOfAllTextsAsOftenAsTheyComeUp() {
    // As in [(a:2)|b|(a:2)]: one text twice, one once.
    TextBatch batch = new TextBatch(List.of(text("(a:2)", 2), text("b", 1)), Emphasis.ORIGINAL);
    float[] a = states(100);
    float[] b = states(-400);
    List<float[]> weighed = batch.weigh(List.of(a, b), 0);
    double before = 2 * sum(a) + sum(b);
    double factor = before / (before + 2);
    assertThat((double) weighed.get(0)[1]).isCloseTo(2 * factor, within(1e-6));
    assertThat((double) weighed.get(0)[2]).isCloseTo(2 * factor, within(1e-6));
    assertThat((double) weighed.get(1)[0]).isCloseTo(-400 * factor, within(1e-4));
  }

  @Test
  void weigh_original_leavesChunksWithoutWeightsAlone() {
    String longPrompt = "(a:2)" + " a".repeat(80);
    TextBatch batch = new TextBatch(List.of(text(longPrompt, 1), text("b", 1)), Emphasis.ORIGINAL);
    List<float[]> states = List.of(states(3), states(7));
    assertThat(batch.weigh(states, 0).get(1)[5]).isNotEqualTo(5);
    // The second chunk of the short text is empty.
    assertThat(batch.weigh(states, 1)).containsExactlyElementsOf(states);
  }

  @ParameterizedTest
  @EnumSource(
      value = Emphasis.class,
      names = {"IGNORE", "NONE"})
  void weigh_withoutEmphasis_changesNothing(Emphasis emphasis) {
    TextBatch batch = new TextBatch(List.of(text("a (b:1.5)", 1)), emphasis);
    assertThat(batch.weigh(List.of(states(5)), 0)).containsExactly(states(5));
  }

  @Test
  void weigh_weightsThatLeaveNothing_doNotDivideByZero() {
    TextBatch batch = new TextBatch(List.of(text("(a:2)", 1)), Emphasis.ORIGINAL);
    float[] states = new float[TokenChunk.LENGTH];
    states[0] = -2;
    states[1] = 1;
    assertThat(batch.weigh(List.of(states), 0).get(0)).startsWith(-2, 2, 0);
  }

  @Property(tries = 100)
  void weigh_anyWeights_keepTheSumOverTheSchedule(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 9) Integer> counts,
      @ForAll @Size(value = 4) List<@FloatRange(min = 0.1f, max = 3) Float> weights) {
    List<Text> texts =
        IntStream.range(0, counts.size())
            .mapToObj(i -> text("a (b c:" + weights.get(i) + ") d", counts.get(i)))
            .toList();
    List<float[]> states = IntStream.range(0, counts.size()).mapToObj(i -> states(10 * i)).toList();
    List<float[]> weighed = new TextBatch(texts, Emphasis.ORIGINAL).weigh(states, 0);
    double before = 0;
    double after = 0;
    for (int i = 0; i < counts.size(); i++) {
      before += counts.get(i) * sum(states.get(i));
      after += counts.get(i) * sum(weighed.get(i));
    }
    assertThat(after).isCloseTo(before, within(1e-5 * before));
  }
}
