package dev.sdlora.infotext.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of the conversion of other programs' prompts to A1111's syntax. */
final class ForeignPromptsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a (cat:1.2), (dog)                 | a (cat:1.2), (dog)",
        "a [cat] \\(hat\\)                  | a \\[cat\\] \\(hat\\)",
        "back\\slash                        | back\\\\slash",
        "embedding:foo.pt, x                | foo, x",
        "(embedding:sub\\bar:1.1)           | (bar:1.1)",
        "dark AND stormy BREAK ANDY         | dark and stormy break ANDY",
        "at 12:30                           | at 12(:30:1)",
        "half) open(                        | half) open(",
      })
  void comfyUi_prompt_meansTheSameInA1111(String prompt, String expected) {
    assertThat(ComfyText.toA1111(prompt)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a cat++ here                       | a (cat:1.21) here",
        "a cat-, dog--                      | a (cat:0.9), (dog:0.81)",
        "(a big cat)1.3 x                   | (a big cat:1.3) x",
        "(a big cat)+ x                     | (a big cat:1.1) x",
        "(a (big)1.5 cat)0.8                | (a (big:1.5) cat:0.8)",
        "(not weighed) x                    | (not weighed:1) x",
        "well-lit room-mate                 | well-lit room-mate",
        "(open                              | (open:1)",
        "closed) [x] \\(y\\)                | closed\\) \\[x\\] \\(y\\)",
        "(a)-1                              | (a:-1)",
      })
  void invokeAi_prompt_meansTheSameInA1111(String prompt, String expected) {
    assertThat(CompelText.toA1111(prompt)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a {cat}                            | a (cat:1.05)",
        "{{cat}} [dog]                      | ((cat:1.05):1.05) (dog:0.952381)",
        "(cat) {a                           | \\(cat\\) (a:1.05)",
        "a} b]                              | a} b\\]",
        "1.5::red hair:: x                  | (red hair:1.5) x",
        "-1::hat, {x}:: y                   | (hat, (x:1.05):-1) y",
        "v4.5::x                            | v4.5::x",
      })
  void novelAi_prompt_meansTheSameInA1111(String prompt, String expected) {
    assertThat(NovelAiText.toA1111(prompt)).isEqualTo(expected);
  }

  @Test
  void prompts_hostileBrackets_takeLinearTime() {
    String brackets = "({[1::".repeat(50_000);

    assertThat(CompelText.toA1111(brackets)).isNotEmpty();
    assertThat(NovelAiText.toA1111(brackets)).isNotEmpty();
    assertThat(ComfyText.toA1111(brackets)).isNotEmpty();
    assertThat(CompelText.toA1111("a".repeat(200_000) + "+")).isNotEmpty();
    assertThat(CompelText.toA1111("a".repeat(200_000))).isNotEmpty();
    assertThat(CompelText.toA1111("()" + "1".repeat(200_000))).isNotEmpty();
    assertThat(CompelText.toA1111("+-".repeat(200_000))).isNotEmpty();
  }
}
