package dev.sdlora.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.PromptCompleter;
import dev.sdlora.api.PromptCompleter.Completion;
import dev.sdlora.api.PromptCompleter.Kind;
import dev.sdlora.api.Span;
import dev.sdlora.api.TokenCount;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptToolsTest {
  private final PromptCompleter completer =
      new PromptCompleter(
          LoraLibrary.open(DemoModel.loras()), () -> List.of("EasyNegative", "easy black"));

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
  void complete_promptWithLora_namesItsTriggerWords(@TempDir Path folder) throws IOException {
    Files.copy(
        DemoModel.loras().resolve("ink_lines.safetensors"), folder.resolve("pen.safetensors"));
    Files.writeString(folder.resolve("pen.json"), "{\"activation text\": \"Black ink\"}");
    PromptCompleter withTrigger = new PromptCompleter(LoraLibrary.open(folder), List::of);
    String prompt = "a black i <lora:pen:1>";

    assertThat(withTrigger.complete(prompt, 9))
        .contains(new Completion(Kind.TRIGGER_WORD, "Black ink", new Span(2, 9)));
    assertThat(withTrigger.complete("a black i", 9)).isEmpty();
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
