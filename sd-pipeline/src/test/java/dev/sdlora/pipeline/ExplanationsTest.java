package dev.sdlora.pipeline;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.api.prompt.PromptExplanation.Options;
import dev.sdlora.api.prompt.PromptExplanation.Piece;
import dev.sdlora.api.prompt.PromptExplanation.Token;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ExplanationsTest {
  private static PromptExplanation.Options options(
      int steps, OptionalInt hires, PromptLimits limits) {
    return new PromptExplanation.Options(steps, hires, false, List.of(), limits);
  }

  @Test
  void explanation_forAFamilyWithQwen3_hasItsTokensInTheTemplate_andNoWeights() {
    PromptExplanation explanation =
        PromptExplanation.of(
            "a (cat:1.2) <lora:ink>", Options.DEFAULT.withFamily(ModelFamily.Z_IMAGE));
    assertThat(explanation.attention()).containsExactly(new Piece("a (cat:1.2) ", 1));
    assertThat(explanation.texts()).hasSize(1);
    assertThat(explanation.texts().get(0).chunks()).hasSize(1);
    List<Token> tokens = explanation.texts().get(0).chunks().get(0);
    assertThat(tokens.stream().map(Token::text).collect(joining()))
        .isEqualTo("<|im_start|>user\na (cat:1.2)<|im_end|>\n<|im_start|>assistant\n");
    assertThat(tokens.get(0).id()).isEqualTo(151_644);
    assertThat(tokens).extracting(Token::weight).containsOnly(1.0);
    assertThat(explanation.chunks()).isEqualTo(1);
    assertThat(length(explanation)).isEqualTo(tokens.size() + "/512");
    PromptExplanation klein =
        PromptExplanation.of("cat ".repeat(600), Options.DEFAULT.withFamily(ModelFamily.FLUX2));
    assertThat(length(klein)).isEqualTo("512/512");
  }

  /** The sentences are those of results; see {@code FlowSettingsTest}. */
  @Test
  void explanation_forAFamilyThatReadsPlainText_warnsWhereItIsPlain() {
    String weights =
        "Z-Image reads brackets and weights such as (word:1.2) as plain text; describe the emphasis"
            + " in words";
    String prompt = "a ((cat):1.2) [x:(dog):3] BREAK [old] house";
    PromptExplanation explanation =
        PromptExplanation.of(prompt, Options.DEFAULT.withFamily(ModelFamily.Z_IMAGE));
    assertThat(explanation.problems())
        .extracting(
            problem -> prompt.substring(problem.span().start(), problem.span().end()),
            PromptExplanation.Problem::mistake,
            PromptExplanation.Problem::sentence)
        .containsExactly(
            tuple("((cat):1.2)", false, weights),
            tuple("(dog)", false, weights),
            tuple("[old]", false, weights),
            tuple("BREAK", false, "Z-Image reads BREAK as a plain word; remove it"));
    String words = "cat ".repeat(510) + "a house in the snow";
    PromptExplanation.Problem cut =
        PromptExplanation.of(words, Options.DEFAULT.withFamily(ModelFamily.FLUX2))
            .problems()
            .get(0);
    assertThat(words.substring(cut.span().start())).isEqualTo("cat a house in the snow");
    assertThat(cut.sentence())
        .isEqualTo(
            "the prompt has more than 512 tokens; the end was ignored: 'cat a house in the snow'");
    assertThat(PromptExplanation.of(prompt, Options.DEFAULT).problems()).isEmpty();
  }

  @Test
  void explain_hiresPass_hasItsOwnTextsForEachPart() {
    PromptExplanation explanation =
        PromptExplanation.of(
            "[a:b:2] AND [c:d:1.5]", new PromptExplanation.Options(4, OptionalInt.of(2), false));

    assertThat(explanation.parts().get(0).schedule().values()).containsExactly("a", "b");
    assertThat(explanation.parts().get(0).hires().values()).containsExactly("b");
    assertThat(explanation.parts().get(1).schedule().values()).containsExactly(" c");
    assertThat(explanation.parts().get(1).hires().values()).containsExactly(" c", " d");
    assertThat(explanation.warnings()).isEmpty();
  }

  @Tag("slow")
  @Test
  @Timeout(600)
  void explain_beyondTheLimits_isRefusedUnlessTheyAreRaised() {
    String prompt = "[a:b:3]".repeat(50_000);

    assertThatThrownBy(() -> PromptExplanation.of(prompt))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessage("the prompt has 350000 characters, but PromptLimits.characters allows 100000");
    assertThat(
            PromptExplanation.of(prompt, options(20, OptionalInt.empty(), PromptLimits.NONE))
                .texts())
        .hasSize(2);
    assertThatThrownBy(() -> PromptExplanation.of("a AND ".repeat(10_000)))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining("PromptLimits.parts allows 50");
  }

  @Test
  void explain_problems_areWhereTheyStand() {
    String prompt = "a <lroa:x:1> [b:c:99] (d";
    PromptExplanation explanation = PromptExplanation.of(prompt);

    assertThat(explanation.problems())
        .extracting(
            problem -> prompt.substring(problem.span().start(), problem.span().end()),
            PromptExplanation.Problem::mistake)
        .containsExactly(tuple("<lroa:x:1>", true), tuple("(", true), tuple("[b:c:99]", false));
    assertThat(explanation.warnings())
        .containsExactlyElementsOf(
            explanation.problems().stream().map(PromptExplanation.Problem::sentence).toList());
  }

  @Test
  void explain_length_isThatOfTheLongestText() {
    assertThat(length(PromptExplanation.of("a [b c d:e:3] AND f g"))).isEqualTo("4/75");
    assertThat(length(PromptExplanation.of(""))).isEqualTo("0/75");
  }

  private static String length(PromptExplanation explanation) {
    return explanation.tokens() + "/" + explanation.capacity();
  }

  @Test
  void explain_longPromptWithoutLimits_isCounted() {
    Options unlimited = new Options(20, OptionalInt.empty(), false, List.of(), PromptLimits.NONE);
    PromptExplanation many = PromptExplanation.of("a ".repeat(75_000), unlimited);
    assertThat(length(many)).isEqualTo("75000/75000");
    assertThat(many.chunks()).isEqualTo(1_000);
    assertThat(length(PromptExplanation.of("a AND ".repeat(100), unlimited))).isEqualTo("1/75");
  }

  @Test
  void parse_strict_refusesAlmostTags() {
    assertThat(Prompt.parse("a < lora:x:1>")).hasToString("a < lora:x:1>");
    assertThatThrownBy(() -> Prompt.parse("a < lora:x:1>", PromptMode.STRICT))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageStartingWith(
            "'< lora:x:1>' at character 2 is not a tag and is read as text; did you mean"
                + " <lora:x:1>?");
  }
}
