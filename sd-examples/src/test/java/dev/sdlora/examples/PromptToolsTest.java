package dev.sdlora.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.PromptCompleter;
import dev.sdlora.api.PromptCompleter.Completion;
import dev.sdlora.api.PromptCompleter.Kind;
import dev.sdlora.api.TokenCount;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptToolsTest {
  private final PromptCompleter completer =
      new PromptCompleter(
          LoraLibrary.open(BundledModel.loras()), () -> List.of("EasyNegative", "easy black"));

  @Test
  void complete_behindLora_namesLorasAndFinishesTheTag() {
    String prompt = "a cat <lora:INK";

    assertThat(completer.complete(prompt, prompt.length()))
        .extracting(completion -> completion.applyTo(prompt))
        .containsExactly("a cat <lora:ink_lines:1>");
    assertThat(completer.complete("<lora:", 6)).hasSizeGreaterThan(1);
  }

  @Test
  void complete_phrase_namesEmbeddings() {
    assertThat(completer.complete("one, easy b and more", 11))
        .extracting(Completion::text, completion -> completion.applyTo("one, easy b and more"))
        .containsExactly(tuple("easy black", "one, easy black and more"));
    assertThat(completer.complete("one, easy", 9)).hasSize(2);
    assertThat(completer.complete("one, ", 5)).isEmpty();
  }

  @Test
  void complete_promptWithLora_namesItsTriggerWords() {
    String prompt = "a black b <lora:ink_lines:1>";

    assertThat(completer.complete(prompt, 9))
        .isNotEmpty()
        .allMatch(completion -> completion.kind() == Kind.TRIGGER_WORD)
        .allMatch(completion -> completion.text().startsWith("a black b"));
    assertThat(completer.complete("a black b", 9)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          ''                          ! 0/75
          a cat <lora:ink:1> # note   ! 2/75
          [a cat:a cat, sitting:0.5]  ! 4/75
          a BREAK b                   ! 76/150
          a AND b c d                 ! 3/75
          """)
  void count_prompt_isOfItsLongestText(String prompt, String count) {
    assertThat(TokenCount.of(prompt)).hasToString(count);
  }
}
