package dev.sdlora.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests to FLUX.1 and Chroma: prompts, guidance, LoRAs, settings in images, references. */
class Flux1ModelsTest {
  private static Pipeline open(Path checkpoint) {
    return Fixtures.float32()
        .checkpoint(Checkpoint.open(checkpoint))
        .loraDirectory(TinyTransformers.flux1Loras())
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
  void generate_dev_readsGuidancePromptsLorasAndReferences() throws IOException {
    try (Pipeline pipeline = open(TinyTransformers.flux1Dev())) {
      PromptSpec defaults = pipeline.checkpoint().defaults();
      assertThat(pipeline.checkpoint().family()).isEqualTo(ModelFamily.FLUX1);
      assertThat(defaults.steps()).isEqualTo(28);
      assertThat(defaults.cfgScale()).isEqualTo(1);
      assertThat(defaults.distilledGuidance()).hasValue(3.5);
      GenerationResult result = pipeline.generate(spec(pipeline).build());
      assertThat(result.warnings()).isEmpty();
      Image plain = result.first().image();
      assertThat(draw(pipeline, spec(pipeline).distilledGuidance(2))).isNotEqualTo(plain);
      assertThat(draw(pipeline, spec(pipeline).prompt("a (cat:1.5)"))).isNotEqualTo(plain);
      assertThat(draw(pipeline, spec(pipeline).prompt("a dog"))).isNotEqualTo(plain);
      Image reference = TinyPipeline.image(48, 32);
      assertThat(draw(pipeline, spec(pipeline).referenceImage(reference))).isNotEqualTo(plain);
      Image kohya = draw(pipeline, spec(pipeline).prompt("a cat<lora:lora_kohya:0.8>"));
      Image peft = draw(pipeline, spec(pipeline).prompt("a cat<lora:lora_peft:0.8>"));
      assertThat(TinyFlow.difference(kohya, plain)).isGreaterThan(1);
      assertThat(TinyFlow.difference(kohya, peft)).isLessThan(0.02);
      Image text = draw(pipeline, spec(pipeline).prompt("a cat<lora:lora_kohya_te:0.8>"));
      Image other = draw(pipeline, spec(pipeline).prompt("a cat<lora:lora_onetrainer_te:0.8>"));
      assertThat(TinyFlow.difference(text, plain)).isGreaterThan(0.1);
      assertThat(TinyFlow.difference(text, other)).isLessThan(0.02);
      assertThat(draw(pipeline, spec(pipeline))).isEqualTo(plain);

      GeneratedImage image = result.first();
      assertThat(image.infotext())
          .contains("CFG scale: 1, Distilled CFG Scale: 3.5, Seed: 5")
          .contains("Module 1: ae, Module 2: clip_l, Module 3: t5xxl_fp16");
      PromptSpec read = PromptSpec.fromInfotext(image.infotext());
      assertThat(read.distilledGuidance()).hasValue(3.5);
    }
  }

  @Test
  void generate_schnell_readsNoGuidance() {
    try (Pipeline pipeline = open(TinyTransformers.flux1Schnell())) {
      assertThat(pipeline.checkpoint().defaults().steps()).isEqualTo(4);
      GeneratedImage image = pipeline.generate(spec(pipeline).build()).first();
      assertThat(image.infotext()).doesNotContain("Distilled CFG Scale");
      assertThat(draw(pipeline, spec(pipeline).distilledGuidance(2))).isEqualTo(image.image());
      assertThatThrownBy(
              () -> draw(pipeline, spec(pipeline).referenceImage(TinyPipeline.image(48, 32))))
          .hasMessageContaining("only FLUX.2 and FLUX.1 Kontext read them");
    }
  }

  @Test
  void generate_chroma_isGuidedByTheNegativePrompt() {
    try (Pipeline pipeline = open(TinyTransformers.chroma())) {
      assertThat(pipeline.checkpoint().family()).isEqualTo(ModelFamily.CHROMA);
      assertThat(pipeline.checkpoint().defaults().cfgScale()).isEqualTo(3.5);
      Image plain = draw(pipeline, spec(pipeline));
      assertThat(draw(pipeline, spec(pipeline).negativePrompt("many dogs"))).isNotEqualTo(plain);
      GenerationResult withLora =
          pipeline.generate(spec(pipeline).prompt("a cat<lora:lora_kohya:0.8>").build());
      assertThat(withLora.first().image()).isNotEqualTo(plain);
      assertThat(withLora.loras().get(0).unmatched())
          .hasSize(6)
          .allMatch(key -> key.contains("mod"));
    }
  }

  @Test
  void open_withoutT5_namesTheUsualFile(@TempDir Path folder) throws IOException {
    Path file = Files.copy(TinyTransformers.flux1Dev(), folder.resolve("flux1-dev.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is FLUX.1 without a text encoder CLIP-L")
        .hasMessageContaining("without a text encoder T5-XXL")
        .hasMessageContaining("'t5xxl_fp16.safetensors' from comfyanonymous/flux_text_encoders");
  }

  @Test
  void open_kontext_hasItsOwnGuidance(@TempDir Path folder) throws IOException {
    for (Path each :
        List.of(
            Path.of("diffusion_models/flux1-dev.safetensors"),
            Path.of("text_encoders/clip_l.safetensors"),
            Path.of("text_encoders/t5xxl_fp16.safetensors"),
            Path.of("vae/ae.safetensors"))) {
      Path target = folder.resolve(each.toString().replace("flux1-dev", "flux1-dev-kontext"));
      Files.createDirectories(Objects.requireNonNull(target.getParent()));
      Path root = TinyTransformers.textEncoder().resolve("../..").normalize();
      Files.copy(root.resolve(each), target);
    }
    Checkpoint checkpoint =
        Checkpoint.open(folder.resolve("diffusion_models/flux1-dev-kontext.safetensors"));
    assertThat(checkpoint.defaults().distilledGuidance()).hasValue(2.5);
  }
}
