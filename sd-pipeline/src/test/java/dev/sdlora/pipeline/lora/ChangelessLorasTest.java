package dev.sdlora.pipeline.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests warnings about LoRAs and embeddings without effect. */
@Timeout(600)
@Tag("slow")
class ChangelessLorasTest {
  private static final String LAYER =
      "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).seed(5).build();

  @TempDir private static Path folder;
  private static Path loras;
  private static Path embeddings;
  private static Pipeline pipeline;

  @BeforeAll
  static void open() throws IOException {
    loras = Files.createDirectory(folder.resolve("loras"));
    embeddings = Files.createDirectory(folder.resolve("embeddings"));
    lora(loras.resolve("zero.safetensors"), 0);
    lora(loras.resolve("ink.safetensors"), 0.1f);
    lora(embeddings.resolve("astray.safetensors"), 0.1f);
    embedding(embeddings.resolve("silence.safetensors"), 0);
    embedding(embeddings.resolve("loud.safetensors"), 0.1f);
    Files.copy(Fixtures.CHECKPOINT, loras.resolve("model.safetensors"));
    pipeline = open(Precision.FLOAT32);
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static Pipeline open(Precision precision) {
    return Pipeline.builder()
        .precision(precision)
        .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
        .loraDirectory(loras)
        .embeddingDirectory(embeddings)
        .build();
  }

  private static void lora(Path path, float up) {
    float[] downs = new float[64];
    float[] ups = new float[64];
    Arrays.fill(downs, 0.1f);
    Arrays.fill(ups, up);
    new SafetensorsWriter()
        .tensor(LAYER + ".lora_down.weight", List.of(2L, 32L), downs, DType.F32)
        .tensor(LAYER + ".lora_up.weight", List.of(32L, 2L), ups, DType.F32)
        .write(path);
  }

  private static void embedding(Path path, float value) {
    float[] values = new float[64];
    Arrays.fill(values, value);
    new SafetensorsWriter().tensor("emb_params", List.of(2L, 32L), values, DType.F32).write(path);
  }

  private static PromptSpec prompt(String prompt) {
    return SPEC.toBuilder().prompt(prompt).build();
  }

  @Test
  void generate_untrainedLora_isSaidToChangeNothing() {
    GenerationResult result = pipeline.generate(prompt("a cat<lora:zero:1>"));
    assertThat(result.warnings())
        .containsExactly(
            "LoRA 'zero' changes nothing: in each of its 1 modules, a factor is zero (effect norm"
                + " 0), as in a file that was saved before training");
    assertThat(result.first().rgb()).isEqualTo(pipeline.generate(SPEC).first().rgb());
    assertThat(pipeline.generate(prompt("a cat<lora:zero:0>")).warnings()).isEmpty();
    assertThat(pipeline.generate(prompt("a cat<lora:ink:1>")).warnings()).isEmpty();
  }

  @Test
  void generate_loraFileThatChanges_isLookedAtAgain() {
    Path path = loras.resolve("grows.safetensors");
    lora(path, 0);
    assertThat(pipeline.generate(prompt("a cat<lora:grows:1>")).warnings()).hasSize(1);
    new SafetensorsWriter()
        .metadata("ss_output_name", "another size")
        .tensor(LAYER + ".lora_down.weight", List.of(1L, 32L), ones(), DType.F32)
        .tensor(LAYER + ".lora_up.weight", List.of(32L, 1L), ones(), DType.F32)
        .write(path);
    assertThat(pipeline.generate(prompt("a cat<lora:grows:0.01>")).warnings()).isEmpty();
  }

  private static float[] ones() {
    float[] ones = new float[32];
    Arrays.fill(ones, 1);
    return ones;
  }

  @ParameterizedTest
  @CsvSource({
    "<lora:ink:1:0>, 1:0",
    "'<lora:ink:1:lbw=1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0>', '1:lbw=1,0'"
  })
  void generate_strengthZeroWhereItsLayersAre_isSaidToChangeNothing(String tag, String strength) {
    assertThat(pipeline.generate(prompt("a cat" + tag)).warnings())
        .singleElement()
        .asString()
        .startsWith(
            "LoRA 'ink' changes nothing: all its 1 layers have a strength of 0 in " + strength);
  }

  @Test
  void generate_strengthBelowRoundingOfBfloat16_isSaidToBeLost() {
    PromptSpec faint = prompt("a cat<lora:ink:0.0001>");
    try (Pipeline rounding = open(Precision.BFLOAT16)) {
      for (int i = 0; i < 2; i++) {
        assertThat(rounding.generate(faint).warnings())
            .singleElement()
            .asString()
            .startsWith(
                "LoRA 'ink' at 0.0001 is lost in rounding: it should change the weights by ")
            .contains("LoraMode.OVERLAY");
      }
      assertThat(rounding.generate(prompt("a cat<lora:ink:1>")).warnings()).isEmpty();
      assertThat(rounding.generate(faint.toBuilder().loraMode(LoraMode.OVERLAY).build()).warnings())
          .isEmpty();
    }
    assertThat(pipeline.generate(faint).warnings()).isEmpty();
  }

  @Test
  void generate_filesInTheWrongFolder_areToldByName() {
    assertThatThrownBy(() -> pipeline.generate(prompt("a cat<lora:astray:1>")))
        .isInstanceOf(LoraException.class)
        .hasMessage(
            "LoRA 'astray' is not in a LoRA folder; an embedding folder contains a LoRA"
                + " of this name, which must be moved");
    assertThatThrownBy(() -> pipeline.generate(prompt("an astray cat")))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("is a LoRA, not an embedding")
        .hasMessageContaining("<lora:astray:1>");
    assertThatThrownBy(() -> pipeline.generate(prompt("a cat<lora:loud:1>")))
        .hasMessageContaining("an embedding of this name, which works without a tag");
    assertThatThrownBy(() -> pipeline.generate(prompt("a cat<lora:model:1>")))
        .hasMessageContaining("is a checkpoint, not a LoRA");
    PromptSpec lenient = prompt("a cat<lora:astray:1>").toBuilder().lenient(true).build();
    assertThat(pipeline.generate(lenient).warnings())
        .singleElement()
        .asString()
        .contains("astray", "; it was skipped");
  }

  @Test
  void generate_embeddingOfZeros_isSaidToSayNothing() {
    assertThat(pipeline.generate(prompt("a cat in silence")).warnings())
        .containsExactly(
            "embedding 'silence' has no effect: all values of its 2 vectors are zero (norm 0), as"
                + " in a file that was saved before it was trained");
    assertThat(pipeline.generate(prompt("a loud cat")).warnings()).isEmpty();
  }
}
