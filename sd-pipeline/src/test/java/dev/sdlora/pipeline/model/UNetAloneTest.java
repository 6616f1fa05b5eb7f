package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyFamilies;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests models in diffusers' files: a U-Net file with the other parts given separately, and
 * folders.
 */
@Tag("slow")
class UNetAloneTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a red cat").negativePrompt("ugly").steps(2).seed(7).build();

  @TempDir Path folder;

  private static byte[] draw(Checkpoint checkpoint, PromptSpec spec) {
    try (Pipeline pipeline = Fixtures.float32().checkpoint(checkpoint).build()) {
      return pipeline.generate(spec).images().get(0).image().rgb();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2", "sdxl"})
  void generate_unetWithDiffusersNames_drawsThePictureOfTheWhole(String set) {
    Path whole =
        FamilyFiles.withWholeVocabulary(
            FamilyFiles.checkpoint(set, folder), folder.resolve("whole.safetensors"));
    Path copy = DiffusersCopy.of(whole).write(folder.resolve("diffusers"));
    CheckpointParts.Builder parts =
        CheckpointParts.builder().vae(copy).textEncoder(copy.resolve("text_encoder"));
    if (set.equals("sdxl")) {
      parts.textEncoder2(copy.resolve("text_encoder_2").resolve("model.safetensors"));
    }
    Path unet = copy.resolve("unet").resolve("diffusion_pytorch_model.safetensors");
    assertThat(draw(Checkpoint.open(unet, parts.build()), SPEC))
        .isEqualTo(draw(Checkpoint.open(whole), SPEC));
  }

  @Test
  void generate_bakedSdxlFolder_drawsThePictureOfTheLiveLora() {
    Path whole =
        FamilyFiles.withWholeVocabulary(TinyFamilies.sdxl(), folder.resolve("whole.safetensors"));
    Path copy =
        DiffusersCopy.of(whole)
            .formats((name, origin) -> DType.F32)
            .write(folder.resolve("diffusers"));
    LoraAdapter lora = LoraAdapter.open(TinyFamilies.sdxlLora()).withStrength(0.8);
    Path baked = folder.resolve("baked.safetensors");
    LoraBaking.into(copy, List.of(lora)).write(baked);
    byte[] live = draw(Checkpoint.open(copy), SPEC.toBuilder().lora(lora).build());
    assertThat(draw(Checkpoint.open(baked), SPEC)).isEqualTo(live);
    assertThat(draw(Checkpoint.open(copy), SPEC)).isNotEqualTo(live);
  }
}
