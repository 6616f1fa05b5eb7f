package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyFlow;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests to Stable Diffusion 3: files, prompts, guidance, LoRAs, settings in images. */
class Sd3ModelsTest {
  private static Pipeline open(Checkpoint checkpoint) {
    return Fixtures.float32()
        .checkpoint(checkpoint)
        .loraDirectory(TinyTransformers.sd3Loras())
        .build();
  }

  private static PromptSpec.Builder spec(Pipeline pipeline) {
    return pipeline.checkpoint().defaults().toBuilder()
        .prompt("a cat")
        .size(64, 64)
        .steps(2)
        .seed(5);
  }

  private static Image draw(Pipeline pipeline, PromptSpec.Builder spec) {
    return pipeline.generate(spec.build()).first().image();
  }

  @Test
  void generate_medium35_readsPromptsWeightsAndLoras() {
    try (Pipeline pipeline = open(Checkpoint.open(TinyTransformers.sd35Medium()))) {
      Checkpoint checkpoint = pipeline.checkpoint();
      assertThat(checkpoint.family()).isEqualTo(ModelFamily.SD3);
      assertThat(checkpoint.defaults().steps()).isEqualTo(40);
      assertThat(checkpoint.defaults().cfgScale()).isEqualTo(5);
      GenerationResult result = pipeline.generate(spec(pipeline).build());
      assertThat(result.warnings()).isEmpty();
      Image plain = result.first().image();
      assertThat(draw(pipeline, spec(pipeline).prompt("a dog"))).isNotEqualTo(plain);
      assertThat(draw(pipeline, spec(pipeline).prompt("a (cat:1.5)"))).isNotEqualTo(plain);
      assertThat(draw(pipeline, spec(pipeline).negativePrompt("many dogs"))).isNotEqualTo(plain);
      Image kohya = draw(pipeline, spec(pipeline).prompt("a cat<lora:lora_kohya:0.8>"));
      Image peft = draw(pipeline, spec(pipeline).prompt("a cat<lora:lora_peft:0.8>"));
      assertThat(TinyFlow.difference(kohya, plain)).isGreaterThan(1);
      assertThat(TinyFlow.difference(kohya, peft)).isLessThan(0.02);
      assertThat(draw(pipeline, spec(pipeline))).isEqualTo(plain);

      GeneratedImage image = result.first();
      assertThat(image.infotext())
          .contains("CFG scale: 5, Shift: 3, Seed: 5")
          .contains("Module 1: sd3_vae, Module 2: clip_l, Module 3: clip_g, Module 4: t5xxl_fp16")
          .doesNotContain("Distilled CFG Scale");
      assertThat(PromptSpec.fromInfotext(image.infotext()).cfgScale()).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "lora_te1_text_model_encoder_layers_0_mlp_fc1, 64",
    "lora_te2_text_model_encoder_layers_0_mlp_fc1, 64",
    "lora_te3_encoder_block_0_layer_1_DenseReluDense_wi_0, 160",
    "text_encoder_3.encoder.block.0.layer.1.DenseReluDense.wi_0, 160"
  })
  void generate_loraOfATextEncoder_actsOnIt(String module, long rows, @TempDir Path folder) {
    long columns = rows == 64 ? 32 : 80;
    new SafetensorsWriter()
        .metadata("ss_base_model_version", "sd3-m")
        .tensor(module + ".lora_down.weight", List.of(1L, columns), ones(columns), DType.F32)
        .tensor(module + ".lora_up.weight", List.of(rows, 1L), ones(rows), DType.F32)
        .write(folder.resolve("text.safetensors"));
    try (Pipeline pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(TinyTransformers.sd3Medium()))
            .loraDirectory(folder)
            .build()) {
      GenerationResult result =
          pipeline.generate(spec(pipeline).prompt("a cat<lora:text:1>").build());
      assertThat(result.loras().get(0).unmatched()).isEmpty();
      assertThat(result.first().image()).isNotEqualTo(draw(pipeline, spec(pipeline)));
    }
  }

  private static float[] ones(long count) {
    float[] ones = new float[(int) count];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void generate_largerThanTheGridOfPositions_isRefused() {
    try (Pipeline pipeline = open(Checkpoint.open(TinyTransformers.sd3Medium()))) {
      assertThatThrownBy(() -> draw(pipeline, spec(pipeline).size(208, 64)))
          .hasMessageContaining("at most 192 pixels a side");
    }
  }

  @Test
  void generate_longPrompt_isReadToItsEnd() {
    try (Pipeline pipeline = open(Checkpoint.open(TinyTransformers.sd3Medium()))) {
      assertThat(pipeline.checkpoint().defaults().steps()).isEqualTo(28);
      String text = "a cat and a dog, ".repeat(30);
      Image plain = draw(pipeline, spec(pipeline).prompt(text + "at noon"));
      assertThat(draw(pipeline, spec(pipeline).prompt(text + "at night"))).isNotEqualTo(plain);
    }
  }

  @Test
  void generate_withoutT5_readsClipAlone() {
    try (Pipeline whole = open(Checkpoint.open(TinyTransformers.sd3Medium()));
        Pipeline pipeline = open(Checkpoint.open(TinyTransformers.sd3MediumWithoutT5()))) {
      Image plain = draw(pipeline, spec(pipeline));
      assertThat(draw(whole, spec(whole))).isNotEqualTo(plain);
      assertThat(draw(pipeline, spec(pipeline).prompt("a dog"))).isNotEqualTo(plain);
    }
  }

  @Test
  void open_fileWithoutEncoders_takesThoseThatAreNamed(@TempDir Path folder) throws IOException {
    Path file =
        Files.copy(TinyTransformers.sd35Medium(), folder.resolve("sd3.5_large_turbo.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is Stable Diffusion 3 without a text encoder CLIP-L")
        .hasMessageContaining("without a text encoder CLIP-G")
        .hasMessageContaining("without a VAE");
    Path texts = TinyTransformers.textEncoder().resolveSibling(".");
    CheckpointParts.Builder parts =
        CheckpointParts.builder()
            .vae(texts.resolve("../vae/sd3_vae.safetensors"))
            .textEncoder(texts.resolve("clip_l.safetensors"))
            .textEncoder2(texts.resolve("clip_g.safetensors"));
    Checkpoint turbo = Checkpoint.open(file, parts.build());
    assertThat(turbo.defaults().steps()).isEqualTo(4);
    assertThat(turbo.signs()).contains("text encoder T5-XXL: none, so it is left out");
    assertThat(turbo.defaults().cfgScale()).isEqualTo(1);
    Checkpoint whole =
        Checkpoint.open(file, parts.textEncoder3(texts.resolve("t5xxl_fp16.safetensors")).build());
    assertThat(whole.signs()).anyMatch(sign -> sign.contains("t5xxl_fp16"));
    try (Pipeline one = open(whole);
        Pipeline two = open(Checkpoint.open(TinyTransformers.sd35Folder()))) {
      PromptSpec.Builder spec = spec(one);
      assertThat(draw(one, spec)).isEqualTo(draw(two, spec));
    }
  }
}
