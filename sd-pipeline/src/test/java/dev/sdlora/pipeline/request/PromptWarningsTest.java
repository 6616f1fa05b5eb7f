package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that callers receive warnings about prompts. */
@Timeout(600)
class PromptWarningsTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).seed(5).build();

  @TempDir private static Path folder;
  private static Pipeline pipeline;

  @BeforeAll
  static void open() throws IOException {
    Path loras = Files.createDirectory(folder.resolve("loras"));
    Path embeddings = Files.createDirectory(folder.resolve("embeddings"));
    Files.copy(Fixtures.LORAS.resolve("tiny_lora.safetensors"), loras.resolve("ink.safetensors"));
    embedding(loras.resolve("EasyNegative.safetensors"));
    embedding(loras.resolve("bad-hands.safetensors"));
    embedding(embeddings.resolve("bad-hands.safetensors"));
    pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(loras)
            .embeddingDirectory(embeddings)
            .build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static void embedding(Path path) {
    float[] vectors = new float[64];
    Arrays.fill(vectors, 0.1f);
    new SafetensorsWriter().tensor("emb_params", List.of(2L, 32L), vectors, DType.F32).write(path);
  }

  private static PromptSpec prompt(String prompt) {
    return SPEC.toBuilder().prompt(prompt).build();
  }

  private static List<String> warnings(PromptSpec spec) {
    return pipeline.generate(spec).warnings();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a cat",
        "a < lora:ink:1>, (b, c) | d :0.8",
        "(a <LoRA:ink:1> BREAK [b:c:9]:1.2) (d:1.2.3)",
        "a <foo:bar> <foo:",
        "[a<lora:ink:0.5>:b:0.5]"
      })
  void generate_anyPrompt_warnsOfAllThatAnExplanationShows(String prompt) {
    PromptExplanation.Options options =
        new PromptExplanation.Options(2, OptionalInt.empty(), false);
    assertThat(warnings(prompt(prompt)))
        .containsExactlyElementsOf(PromptExplanation.of(prompt, options).warnings());

    PromptExplanation.Options negative =
        new PromptExplanation.Options(2, OptionalInt.empty(), true);
    assertThat(warnings(SPEC.toBuilder().negativePrompt(prompt).build()))
        .containsExactlyElementsOf(PromptExplanation.of(prompt, negative).warnings());
  }

  @ParameterizedTest
  @CsvSource({
    "<ink:0.8>, <lora:ink:0.8>",
    "<ink 0.8>, <lora:ink:0.8>",
    "(lora:ink:0.8), <lora:ink:0.8>",
    "<Lora:ink>, <lora:ink:1>"
  })
  void generate_almostATag_warnsAndStrictRefuses(String tag, String meant) {
    PromptSpec spec = prompt("a cat " + tag);

    assertThat(warnings(spec))
        .singleElement()
        .asString()
        .contains("at character 6", tag, "; did you mean " + meant + "?");
    PromptOptions strict = PromptOptions.DEFAULTS.withMode(PromptMode.STRICT);
    assertThatThrownBy(() -> warnings(spec.toBuilder().promptOptions(strict).build()))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining("did you mean " + meant);
  }

  @Test
  void generate_unclosedTag_isAnErrorOrAWarning() {
    PromptSpec spec = prompt("a cat <lora:ink:1");

    assertThatThrownBy(() -> warnings(spec))
        .isInstanceOfSatisfying(
            PromptSyntaxException.class, error -> assertThat(error.offset()).isEqualTo(6))
        .hasMessage(
            "the tag '<lora:ink:1' at character 6 is not closed; did you mean <lora:ink:1>?");
    assertThat(warnings(spec.toBuilder().lenient(true).build()))
        .filteredOn(warning -> warning.contains("not closed"))
        .singleElement()
        .asString()
        .endsWith("; it was treated as text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ink.safetensors", "ink;0.8", "loras/ink", "inc"})
  void generate_unknownName_tellsTheNearest(String name) {
    assertThatThrownBy(() -> warnings(prompt("a cat <lora:" + name + ":0.8>")))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("did you mean 'ink'?");
  }

  @Test
  void generate_exactA1111_saysThatTagsOfNegativePromptsAreText() {
    PromptSpec spec =
        SPEC.toBuilder()
            .negativePrompt("<lora:ink:1> < lora:ink:1>")
            .promptOptions(PromptOptions.EXACT_A1111)
            .build();
    assertThat(warnings(spec))
        .containsExactly(
            "negative prompt: the tag <lora:ink:1> at character 0 is text here, as in A1111, where"
                + " negative prompts cannot have tags");
  }

  @Test
  void generate_hiresFix_looksAtBothPasses() {
    HiresFix.Builder fix = HiresFix.builder().scale(1.125).steps(2).denoisingStrength(1);

    assertThat(warnings(prompt("[a:b:1.5]").toBuilder().hiresFix(fix.build()).build())).isEmpty();
    assertThat(warnings(prompt("a").toBuilder().hiresFix(fix.prompt("b (c").build()).build()))
        .singleElement()
        .asString()
        .startsWith("hires prompt: '(' at character 2 is never closed");
  }

  @Test
  void generate_embeddingAmongLoras_isNamed() {
    PromptSpec spec = SPEC.toBuilder().negativePrompt("(easynegative:1.1), blurry").build();

    assertThat(warnings(spec))
        .containsExactly(
            "the embedding 'EasyNegative' is in a LoRA folder and was treated as text; move it to"
                + " an embedding folder to use it");
    assertThat(warnings(prompt("ink, bad-hands, EasyNegative2"))).isEmpty();
  }

  @Test
  void generate_beyondALimit_isRefusedAndTheNextRequestWorks() {
    PromptLimits limits =
        PromptLimits.DEFAULTS.withLoras(2).withParts(2).withChunks(2).withTexts(200);
    PromptSpec spec =
        SPEC.toBuilder().promptOptions(PromptOptions.DEFAULTS.withLimits(limits)).build();
    for (String prompt :
        List.of(
            "<lora:ink:0.1>".repeat(3),
            "a AND b AND c",
            "a ".repeat(151),
            "[a|b]" + "c".repeat(200))) {
      assertThatThrownBy(() -> warnings(spec.toBuilder().prompt(prompt).build()))
          .isInstanceOf(PromptSyntaxException.class)
          .hasMessageContaining("PromptLimits.");
    }
    assertThat(warnings(spec)).isEmpty();
  }
}
