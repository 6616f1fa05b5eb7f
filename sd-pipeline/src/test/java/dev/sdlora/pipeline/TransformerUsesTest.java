package dev.sdlora.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.api.lora.LoraFit;
import dev.sdlora.api.make.LoraConversion;
import dev.sdlora.api.model.FileDescription;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The work on files that models with a transformer take part in, and the work that refuses them.
 */
final class TransformerUsesTest {
  private static final int WIDTH = 48;

  @TempDir Path folder;

  private Path model = Path.of("");

  @BeforeEach
  void copyModel() throws IOException {
    model = folder.resolve("klein");
    for (String part :
        List.of(
            "transformer/config.json",
            "transformer/diffusion_pytorch_model.safetensors",
            "vae/config.json",
            "vae/diffusion_pytorch_model.safetensors",
            "text_encoder/model.safetensors")) {
      Path target = model.resolve(part);
      Files.createDirectories(target.resolveSibling(""));
      Files.copy(TinyTransformers.kleinFolder().resolve(part), target);
    }
  }

  private LoraAdapter lora() {
    SafetensorsWriter writer = new SafetensorsWriter();
    float[] ones = new float[WIDTH];
    Arrays.fill(ones, 1);
    String layer = "transformer.transformer_blocks.0.attn.to_q.lora_";
    writer.tensor(layer + "A.weight", List.of(1L, (long) WIDTH), ones, DType.F32);
    writer.tensor(layer + "B.weight", List.of((long) WIDTH, 1L), ones, DType.F32);
    writer.tensor(
        "transformer.single_transformer_blocks.0.attn.to_qkv_mlp_proj.lora_A.weight",
        List.of(1L, (long) WIDTH),
        ones,
        DType.F32);
    writer.tensor(
        "transformer.single_transformer_blocks.0.attn.to_qkv_mlp_proj.lora_B.weight",
        List.of(9L * WIDTH, 1L),
        new float[9 * WIDTH],
        DType.F32);
    writer.metadata("ss_base_model_version", "Flux.2-klein-4b");
    writer.metadata("ss_v2", "False");
    writer.metadata("ss_v_parameterization", "False");
    Path file = folder.resolve("ink.safetensors");
    writer.write(file);
    return LoraAdapter.open(file);
  }

  @Test
  void checkpoint_saysWhatItsPartsAre() {
    Checkpoint checkpoint = Checkpoint.open(model);
    assertThat(checkpoint.family()).isEqualTo(ModelFamily.FLUX2);
    assertThat(checkpoint.signs())
        .contains(
            "text encoder: 'text_encoder/model.safetensors'",
            "VAE: 'vae/diffusion_pytorch_model.safetensors'");
  }

  @Test
  void checkpointWithPartsElsewhere_saysTheirNames() throws IOException {
    Path vae = folder.resolve("flux2-vae.safetensors");
    Files.copy(model.resolve("vae/diffusion_pytorch_model.safetensors"), vae);
    Checkpoint checkpoint = Checkpoint.open(model, CheckpointParts.builder().vae(vae).build());
    assertThat(checkpoint.signs()).contains("VAE: 'flux2-vae.safetensors'");
  }

  @Test
  void description_ofATransformer_isThatOfACheckpoint() {
    Path transformer = model.resolve("transformer/diffusion_pytorch_model.safetensors");
    FileDescription description = FileDescription.of(transformer).orElseThrow();
    assertThat(description.kind()).isEqualTo(FileDescription.Kind.CHECKPOINT);
    assertThat(description.runnable()).isTrue();
    assertThat(description.note()).isEqualTo("is a checkpoint of FLUX.2 klein 4B");
  }

  @Test
  void effectOfALora_isMeasuredByBlocks() {
    LoraEffect effect = lora().effectOn(Checkpoint.open(model));
    assertThat(effect.modules()).isEqualTo(2);
    assertThat(effect.unmatched()).isEmpty();
    assertThat(effect.blocks()).extracting(block -> block.name()).contains("D00", "S00");
    assertThat(effect.changesAnything()).isTrue();
  }

  @Test
  void fitOfALora_ignoresThePredictionThatTrainersWriteForFlows() {
    LoraFit fit = lora().fitOn(Checkpoint.open(model));
    assertThat(fit.verdict()).startsWith("made for FLUX.2 klein");
    assertThat(fit.advice()).isEmpty();
  }

  @Test
  void conversionForACheckpoint_writesItsLayers() {
    Path converted = folder.resolve("converted.safetensors");
    LoraConversion.toKohya(lora().path()).checkpoint(model).write(converted);
    assertThat(LoraAdapter.open(converted).effectOn(Checkpoint.open(model)).unmatched()).isEmpty();
  }

  @Test
  void workThatNeedsAUNet_isRefusedByName() {
    Stream.<ThrowingCallable>of(
            () -> CheckpointReader.read(model),
            () -> CheckpointReader.read(model.resolve("transformer")))
        .forEach(
            work ->
                assertThatThrownBy(work)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(
                        "is FLUX.2 klein 4B, whose denoiser is a transformer; training and refining"
                            + " need")
                    .hasMessageEndingWith("expected SD 1.x, SD 2.x or SDXL"));
  }

  @Test
  void missingCheckpoint_isNotCalledATensorFile() {
    assertThatThrownBy(() -> Checkpoint.open(folder.resolve("none.safetensors")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageEndingWith("none.safetensors' does not exist");
  }
}
