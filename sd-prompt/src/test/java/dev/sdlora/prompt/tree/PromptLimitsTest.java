package dev.sdlora.prompt.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.schedule.PromptSchedule;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class PromptLimitsTest {
  private static PromptReader reader(PromptOptions options) {
    return new PromptReader(options, name -> false);
  }

  @Test
  void prompt_longerThanTheLimit_isRefusedWithTheNumbers() {
    PromptReader reader =
        reader(PromptOptions.DEFAULTS.withLimits(PromptLimits.DEFAULTS.withCharacters(5)));

    assertThatCode(() -> reader.prompt("a cat")).doesNotThrowAnyException();
    assertThatThrownBy(() -> reader.negativePrompt("a cat "))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessage("the prompt has 6 characters, but PromptLimits.characters allows 5");
  }

  @Test
  void prompt_thirtyStylesThatDouble_isRefusedBeforeItGrows() {
    Style doubling = new Style("twice", "{prompt}, {prompt}", "{prompt}{prompt}");
    PromptOptions options = PromptOptions.DEFAULTS.withStyles(Collections.nCopies(30, doubling));

    assertThatThrownBy(() -> reader(options).prompt("a cat"))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessage(
            "the prompt with its styles has 114686 characters, but PromptLimits.characters allows"
                + " 100000");
  }

  @Test
  void prompt_stylesWithinTheLimit_haveTheLengthThatWasCounted() {
    List<Style> styles =
        List.of(new Style("a", "x {prompt} {prompt}", ""), new Style("b", "more", ""));
    PromptOptions options = PromptOptions.DEFAULTS.withStyles(styles);
    int length = "x cat cat, more".length();

    for (int most : new int[] {length, length - 1}) {
      PromptReader reader = reader(options.withLimits(PromptLimits.DEFAULTS.withCharacters(most)));
      if (most == length) {
        assertThat(reader.prompt("cat").text()).isEqualTo("x cat cat, more");
      } else {
        assertThatThrownBy(() -> reader.prompt("cat")).isInstanceOf(PromptSyntaxException.class);
      }
    }
  }

  @Test
  void ofParts_moreThanTheLimit_isRefused() {
    PromptLimits limits = PromptLimits.DEFAULTS.withParts(3);

    assertThat(PromptSchedule.ofParts("a AND b AND c", PromptSteps.first(5), limits)).hasSize(3);
    assertThatThrownBy(
            () -> PromptSchedule.ofParts("a AND b AND c AND d", PromptSteps.first(5), limits))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessage("the prompt has 4 parts joined by AND, but PromptLimits.parts allows 3");
    // In a negative prompt AND is a word.
    assertThat(PromptSchedule.of("a AND b AND c AND d", PromptSteps.first(5), limits).entries())
        .hasSize(1);
  }

  @Test
  void ofParts_textsOfAllParts_countTogetherAndEqualOnesOnce() {
    PromptLimits limits = PromptLimits.DEFAULTS.withTexts(8);
    PromptSteps pass = PromptSteps.first(1000);

    assertThat(PromptSchedule.ofParts("[a|b]c AND [a|b]", pass, limits)).hasSize(2);
    assertThatThrownBy(() -> PromptSchedule.ofParts("[a|b]c AND [a|b|d]", pass, limits))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessage(
            "the prompt expands to more than 8 characters of distinct texts over its steps, but"
                + " PromptLimits.texts allows 8");
  }

  @Test
  @Timeout(600)
  void of_alternationsOverALongText_keepsEqualTextsOnceAndStopsAtTheLimit() {
    String filler = "x".repeat(1 << 17);
    PromptSteps pass = PromptSteps.first(1000);

    PromptSchedule two = PromptSchedule.of("[a|b]" + filler, pass, PromptLimits.NONE);

    assertThat(two.entries()).hasSize(1000);
    assertThat(two.entries().get(0).text()).isSameAs(two.entries().get(2).text());
    assertThatThrownBy(
            () ->
                PromptSchedule.of(
                    "[a|b|c][d|e|f|g|h][i|j|k|l|m|n|o]" + filler, pass, PromptLimits.DEFAULTS))
        .isInstanceOf(PromptSyntaxException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[a:b:3]",
        "[a|b]",
        "([a:b:3])",
        "<lora:x:1>",
        "<lora:",
        "< lora:x",
        "lora:x:1 ",
        "(lora:x",
        "lora: ",
        "lora ",
        "<x",
        "<foo:x>",
        "&lt;",
        "&amp;",
        "a AND ",
        "BREAK ",
        "<s1>",
        "#\n"
      })
  @Timeout(600)
  void findings_longPrompt_finish(String part) {
    String prompt = part.repeat(100_000 / part.length());
    PromptSteps pass = PromptSteps.first(20);
    ReadPrompt read = reader(PromptOptions.DEFAULTS.withLimits(PromptLimits.NONE)).prompt(prompt);

    assertThat(read.findings(List.of(pass))).isNotNull();
    assertThat(PromptSchedule.of(read.text(), pass, PromptLimits.NONE).entries()).isNotEmpty();
    assertThat(Chunks.of(Attention.parse(read.text()), ClipTokenizer.standard())).isNotEmpty();
  }
}
