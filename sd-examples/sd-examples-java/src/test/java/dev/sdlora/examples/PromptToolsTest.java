package dev.sdlora.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.prompt.PromptCompleter;
import dev.sdlora.api.prompt.PromptCompleter.Completion;
import dev.sdlora.api.prompt.PromptCompleter.Kind;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        .containsExactly("a cat <lora:ink_lines:0.5>");
    assertThat(completer.complete("<lora:", 6)).hasSizeGreaterThan(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '"',
      textBlock =
          """
          a <lora: Mox^            ! a <lora:mox:0.7>
          a < lora:mo^             ! a <lora:mox:0.7>
          a <LORA : mo^, b         ! a <lora:mox:0.7>, b
          a <lyco:mo^              ! a <lyco:mox:0.7>
          a <lora:moxie^           ! a <lora:Moxie Ink:0.7>
          a <lora:mo^ and <lora:b> ! a <lora:mox:0.7> and <lora:b>
          a <lora:mo^>, b          ! a <lora:mox:0.7>, b
          a <lora:mo^x:0.5:0.2>, b ! a <lora:mox:0.5:0.2>, b
          a <lora:moxie I^nk>    ! a <lora:Moxie Ink:0.7>
          a <lora:pe^              ! a <lora:pen:1>
          """)
  void complete_tag_isFinishedWithThePreferredWeight(
      String typed, String finished, @TempDir Path folder) throws IOException {
    Path ink = DemoModel.loras().resolve("ink_lines.safetensors");
    Files.write(folder.resolve("mox.safetensors"), renamed(Files.readAllBytes(ink)));
    Files.copy(ink, folder.resolve("pen.safetensors"));
    Files.writeString(folder.resolve("mox.json"), "{\"preferred weight\": 0.7}");
    int cursor = typed.indexOf('^');
    String prompt = typed.replace("^", "");

    assertThat(new PromptCompleter(LoraLibrary.open(folder), List::of).complete(prompt, cursor))
        .extracting(completion -> completion.applyTo(prompt))
        .containsExactly(finished);
  }

  /** The file with another trainer's name of as many letters. */
  private static byte[] renamed(byte[] file) {
    String name = "\"ss_output_name\":\"ink_lines\"";
    String text = new String(file, StandardCharsets.ISO_8859_1);
    assertThat(text).contains(name);
    return text.replace(name, name.replace("ink_lines", "Moxie Ink"))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void complete_family_putsThoseThatFitFirst() {
    LoraLibrary library =
        library(
            new LoraAdapter(Path.of("a.safetensors"), ModelFamily.SDXL, 1, 1, Map.of()),
            new LoraAdapter(Path.of("b.safetensors"), ModelFamily.UNKNOWN, 1, 1, Map.of()),
            new LoraAdapter(Path.of("c.safetensors"), ModelFamily.SD1, 1, 1, Map.of()));
    PromptCompleter all = new PromptCompleter(library, List::of);

    assertThat(all.complete("<lora:", 6))
        .extracting(Completion::text)
        .containsExactly("a:1>", "b:1>", "c:1>");
    assertThat(all.forFamily(ModelFamily.SD1).complete("<lora:", 6))
        .extracting(Completion::text)
        .containsExactly("c:1>", "b:1>", "a:1>");
  }

  @Test
  void complete_aliasOfSeveralFiles_isNone() {
    LoraAdapter named =
        new LoraAdapter(
            Path.of("a.safetensors"), ModelFamily.SD1, 1, 1, Map.of("ss_output_name", "style"));
    LoraAdapter other =
        new LoraAdapter(
            Path.of("b.safetensors"), ModelFamily.SD1, 1, 1, Map.of("ss_output_name", "Style"));
    LoraLibrary two = library(named, other);

    assertThat(new PromptCompleter(two, List::of).complete("<lora:st", 8)).isEmpty();
    assertThat(new PromptCompleter(library(named), List::of).complete("<lora:st", 8))
        .extracting(Completion::text)
        .containsExactly("style:1>");
  }

  private static LoraLibrary library(LoraAdapter... loras) {
    return new LoraLibrary() {
      @Override
      public List<Path> folders() {
        return List.of();
      }

      @Override
      public List<LoraAdapter> list() {
        return List.of(loras);
      }

      @Override
      public List<LoraAdapter> search(LoraQuery query) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Map<Path, String> unreadable() {
        return Map.of();
      }

      @Override
      public LoraAdapter find(String name) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Optional<LoraAdapter> findByHash(String hash) {
        throw new UnsupportedOperationException();
      }
    };
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
    PromptExplanation explained = PromptExplanation.of(prompt);
    assertThat(explained.tokens() + "/" + explained.capacity()).isEqualTo(count);
  }
}
