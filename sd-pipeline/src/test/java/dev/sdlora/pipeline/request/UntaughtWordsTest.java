package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.api.prompt.PromptExplanation.Problem;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TaughtModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests models that list the words they were taught. */
@Timeout(600)
class UntaughtWordsTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).seed(5).build();

  @TempDir private static Path folder;
  private static Path ink;
  private static Checkpoint taught;
  private static Pipeline pipeline;

  @BeforeAll
  static void open() throws IOException {
    ink = folder.resolve("ink.safetensors");
    Files.copy(Fixtures.LORAS.resolve("tiny_lora.safetensors"), ink);
    Files.writeString(folder.resolve("ink.json"), "{\"activation text\": \"Mox style\"}");
    Path embeddings = Files.createDirectory(folder.resolve("embeddings"));
    embedding(embeddings.resolve("bad-hands.safetensors"));
    Path copy = Files.createDirectory(folder.resolve("model")).resolve("taught.safetensors");
    String words = "a,  Cat , soccer\\n ball,, on, red, cat";
    taught = Checkpoint.open(TaughtModels.copy(Fixtures.CHECKPOINT, words, copy));
    pipeline =
        Fixtures.float32()
            .checkpoint(taught)
            .loraDirectory(folder)
            .embeddingDirectory(embeddings)
            .build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static void embedding(Path path) {
    float[] vector = new float[32];
    vector[3] = 0.1f;
    new SafetensorsWriter().tensor("emb_params", List.of(1L, 32L), vector, DType.F32).write(path);
  }

  private static List<String> warnings(PromptSpec spec) {
    return pipeline.generate(spec).warnings();
  }

  private static PromptSpec prompt(String prompt) {
    return SPEC.toBuilder().prompt(prompt).build();
  }

  @Test
  void words_areThoseOfTheMetadata() {
    assertThat(taught.words()).containsExactly("a", "cat", "soccer ball", "on", "red");
    assertThat(taught.toString()).doesNotContain("soccer");
    assertThat(Checkpoint.open(Fixtures.CHECKPOINT).words()).isEmpty();
  }

  @Test
  void generate_unknownWords_areToldOnceForAllPromptsAndPictures() {
    HiresFix hires = HiresFix.builder().scale(1.125).steps(1).prompt("a kot").build();
    PromptSpec spec =
        prompt("a (kat:1.2), masterpiece, [red kat|balls]").toBuilder()
            .negativePrompt("Blurry cats AND balls")
            .hiresFix(hires)
            .images(2)
            .build();

    assertThat(warnings(spec))
        .containsExactly(
            "this model was not taught the words 'kat' (nearest: 'cat'), 'masterpiece', 'blurry'"
                + " and 'kot'; it draws only what it knows");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a red cat on soccer balls",
        "a (MOX:1.2) style <lora:ink:0.8>",
        "a cat, bad-hands",
        "a [cat:red ball:0.5] AND a cat :0.5",
        ""
      })
  void generate_wordsThatSomebodyTaught_areNoWarning(String prompt) {
    assertThat(warnings(prompt(prompt))).isEmpty();
  }

  @Test
  void generate_withoutLoraAndEmbedding_theirWordsAreUnknown() {
    assertThat(warnings(prompt("a mox cat, bad hands")))
        .singleElement()
        .asString()
        .startsWith("this model was not taught the words 'mox', 'bad' and 'hands';");
    PromptSpec byObject = prompt("a mox cat").toBuilder().lora(LoraAdapter.open(ink)).build();
    assertThat(warnings(byObject)).noneMatch(text -> text.contains("not taught"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a kat, masterpiece, red kot",
        "a (MOX:1.2) style <lora:ink:0.8>",
        "a cat, bad-hands",
        "a mox cat, bad hands"
      })
  void checkAndExplain_anyPrompt_warnAsGenerateDoes(String prompt) {
    List<String> drawn = warnings(prompt(prompt));
    assertThat(pipeline.check(prompt(prompt))).containsExactlyElementsOf(drawn);
    assertThat(problems(prompt, taught.words()).stream().map(Problem::sentence).distinct().toList())
        .containsExactlyElementsOf(drawn);
  }

  private static List<Problem> problems(String prompt, List<String> words) {
    return PromptExplanation.of(
            prompt,
            new PromptExplanation.Options(
                2,
                OptionalInt.empty(),
                false,
                List.of(Embedding.open(folder.resolve("embeddings/bad-hands.safetensors"))),
                PromptLimits.DEFAULTS,
                Optional.of(LoraLibrary.open(folder)),
                words))
        .problems();
  }

  @Test
  void explain_unknownWords_areMarkedInTheirPlaces() {
    String kat =
        "this model was not taught the word 'kat' (nearest: 'cat'); it draws only what it knows";

    assertThat(problems("a Kat, (mox style:1.1) [kat|bad-hands] <lora:ink:1>", taught.words()))
        .containsExactly(
            new Problem(new Span(2, 5), false, kat), new Problem(new Span(24, 27), false, kat));
    assertThat(problems("a kat", List.of())).isEmpty();
    assertThat(problems("kat ".repeat(5_000) + "<lora:nobody:1>", taught.words())).hasSize(101);
  }
}
