package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyFlow;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests whole requests to FLUX.2 klein and Z-Image in all layouts, distilled and not. */
class FlowModelsTest {
  private static Pipeline open(Path checkpoint, Path loras) {
    return Fixtures.float32().checkpoint(Checkpoint.open(checkpoint)).loraDirectory(loras).build();
  }

  /** The folder's own tokenizer has 285 tokens, and its text encoder 1,000 rows. */
  @ParameterizedTest
  @CsvSource({"FLUX2", "Z_IMAGE"})
  void generate_diffusersFolder_drawsWithItsOwnTokenizerAndLoras(ModelFamily family) {
    boolean isFlux2 = family == ModelFamily.FLUX2;
    Path folder = isFlux2 ? TinyTransformers.kleinFolder() : TinyTransformers.zImageFolder();
    Path loras = isFlux2 ? TinyTransformers.kleinLoras() : TinyTransformers.zImageLoras();
    try (Pipeline pipeline = open(folder, loras)) {
      assertThat(pipeline.checkpoint().family()).isEqualTo(family);
      assertThat(pipeline.checkpoint().defaults().cfgScale()).isEqualTo(1);
      Image plain = draw(pipeline, "a cat");
      int arrays = pipeline.liveTensors();
      Image patched = draw(pipeline, "a cat<lora:lora_kohya:0.8>");
      assertThat(TinyFlow.difference(patched, plain)).isGreaterThan(1);
      assertThat(TinyFlow.difference(patched, draw(pipeline, "a cat<lora:lora_peft:0.8>")))
          .isLessThan(0.02);
      assertThat(draw(pipeline, "a cat")).isEqualTo(plain);
      assertThat(draw(pipeline, "a cot")).isNotEqualTo(plain);
      assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    }
  }

  private static Image draw(Pipeline pipeline, String prompt) {
    return pipeline.generate(TinyFlow.prompt(prompt)).first().image();
  }

  @ParameterizedTest
  @CsvSource({"FLUX2, 50", "Z_IMAGE, 30"})
  void generate_baseModel_isGuidedWithoutWarning(ModelFamily family, int steps) {
    boolean isFlux2 = family == ModelFamily.FLUX2;
    Path checkpoint = isFlux2 ? TinyTransformers.kleinBase() : TinyTransformers.zImageBase();
    Path loras = isFlux2 ? TinyTransformers.kleinLoras() : TinyTransformers.zImageLoras();
    try (Pipeline pipeline = open(checkpoint, loras)) {
      PromptSpec defaults = pipeline.checkpoint().defaults();
      assertThat(defaults.cfgScale()).isEqualTo(4);
      assertThat(defaults.steps()).isEqualTo(steps);
      PromptSpec.Builder spec = defaults.toBuilder().prompt("a cat").size(64, 64).steps(2).seed(5);
      GenerationResult plain = pipeline.generate(spec.build());
      assertThat(plain.warnings()).isEmpty();
      Image negative =
          pipeline.generate(spec.negativePrompt("many dogs in the snow").build()).first().image();
      assertThat(negative).isNotEqualTo(plain.first().image());
    }
  }

  /** Next to its tokenizer, the small encoder serves the single file, too. */
  @Test
  void generate_smallEncoderWithoutItsTokenizer_isRefused(@TempDir Path folder) throws IOException {
    Path small = TinyTransformers.kleinFolder().resolve("text_encoder/model.safetensors");
    Path alone = Files.copy(small, folder.resolve("model.safetensors"));
    try (Pipeline pipeline = withEncoder(small)) {
      assertThat(draw(pipeline, "a cat")).isNotEqualTo(draw(pipeline, "a cot"));
    }
    try (Pipeline pipeline = withEncoder(alone)) {
      assertThatThrownBy(() -> draw(pipeline, "a cat"))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("the text encoder knows 1000 tokens, but the prompt has token 15");
    }
  }

  private static Pipeline withEncoder(Path file) {
    return Fixtures.float32()
        .checkpoint(
            Checkpoint.open(
                TinyTransformers.klein(), CheckpointParts.builder().textEncoder(file).build()))
        .build();
  }
}
