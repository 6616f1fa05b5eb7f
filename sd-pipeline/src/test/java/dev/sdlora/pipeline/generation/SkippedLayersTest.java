package dev.sdlora.pipeline.generation;

import static dev.sdlora.tensorkit.GoldenTensors.floats;
import static dev.sdlora.tensorkit.GoldenTensors.shape;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyFlow;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests skip-layer guidance on Stable Diffusion 3 and 3.5. */
class SkippedLayersTest {
  private static final TensorFile GOLDEN = Fixtures.familyGolden("transformer/sd3/golden");

  private static final SamplerOptions SKIPPING =
      SamplerOptions.builder().skipLayers(0, 1).skipLayerStart(0).skipLayerEnd(1).build();

  @ParameterizedTest
  @CsvSource({"sd35, 0", "sd35, 1", "sd3, 0", "sd3, 1"})
  void predict_withoutABlock_isThatOfABlockWhoseGatesAreZero(
      String name, int block, @TempDir Path folder) throws Exception {
    Path file = name.equals("sd35") ? TinyTransformers.sd35Medium() : TinyTransformers.sd3Medium();
    // Encoders and VAE are found next to the folder of checkpoints.
    for (String folderOf : List.of("text_encoders", "vae")) {
      Path parts = file.resolveSibling("../" + folderOf).toRealPath();
      Files.createSymbolicLink(folder.resolve(folderOf), parts);
    }
    Path closed = Files.createDirectory(folder.resolve("checkpoints")).resolve(file.getFileName());
    withoutGates(file, block, closed);
    float[] whole = predict(file, name, List.of());
    float[] skipped = predict(file, name, List.of(block));
    assertCloseToScale(skipped, predict(closed, name, List.of()), 2e-6);
    assertThat(skipped).isNotEqualTo(whole);
    assertThat(predict(closed, name, List.of(block))).isEqualTo(skipped);
  }

  /** Copies a file with gates of 0 in one block, so that nothing is added to the states. */
  private static void withoutGates(Path file, int block, Path copy) {
    TensorFile tensors = TensorFile.open(file);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = tensors.reader()) {
      for (TensorEntry entry : tensors.tensors().values()) {
        float[] values = reader.floats(entry);
        boolean ofBlock = entry.name().contains("joint_blocks." + block + ".");
        if (ofBlock && entry.name().contains("adaLN_modulation.1")) {
          int rows = Math.toIntExact(entry.shape().get(0));
          int width = width(tensors);
          for (int gate = 2; gate < rows / width; gate += 3) {
            int part = values.length / (rows / width);
            Arrays.fill(values, gate * part, (gate + 1) * part, 0);
          }
        }
        writer.tensor(entry.name(), entry.shape(), values, entry.dtype());
      }
    }
    writer.write(copy);
  }

  private static int width(TensorFile tensors) {
    return tensors.tensors().values().stream()
        .filter(entry -> entry.name().endsWith("x_embedder.proj.bias"))
        .mapToInt(entry -> Math.toIntExact(entry.shape().get(0)))
        .findFirst()
        .orElseThrow();
  }

  private static float[] predict(Path file, String name, List<Integer> skipped) {
    try (Networks networks =
            Networks.load(
                CheckpointReader.open(file, CheckpointParts.DEFAULT), Precision.FLOAT32, "cpu");
        NDManager scope = networks.torch().scope()) {
      return ((DiffusionTransformer) networks.denoiser())
          .predict(
              new DiffusionTransformer.Input(
                  Torch.floats(
                      scope, floats(GOLDEN, name + ".a.sample"), shape(GOLDEN, name + ".a.sample")),
                  Torch.floats(scope, floats(GOLDEN, name + ".a.timestep"), 2).div(1000),
                  Torch.floats(scope, floats(GOLDEN, "context"), shape(GOLDEN, "context")),
                  List.of(),
                  List.of(),
                  new AddedConditions(
                      Torch.floats(scope, floats(GOLDEN, "pooled"), shape(GOLDEN, "pooled")),
                      Torch.floats(scope, new float[0], 2, 0)),
                  skipped),
              scope)
          .toFloatArray();
    }
  }

  private static Pipeline open() {
    return Fixtures.float32()
        .checkpoint(Checkpoint.open(TinyTransformers.sd35Medium()))
        .loraDirectory(TinyTransformers.sd3Loras())
        .build();
  }

  private static PromptSpec.Builder spec(Pipeline pipeline) {
    return pipeline.checkpoint().defaults().toBuilder()
        .prompt("a cat")
        .size(64, 64)
        .steps(3)
        .seed(5);
  }

  private static Image draw(Pipeline pipeline, PromptSpec.Builder spec) {
    return pipeline.generate(spec.build()).first().image();
  }

  @Test
  void generate_changesTheImageWithinTheRange_andIsReadFromTheText() {
    try (Pipeline pipeline = open()) {
      Image plain = draw(pipeline, spec(pipeline));
      GenerationResult result = pipeline.generate(spec(pipeline).samplerOptions(SKIPPING).build());
      assertThat(result.warnings()).isEmpty();
      assertThat(result.first().image()).isNotEqualTo(plain);
      assertThat(result.first().infotext())
          .contains(
              "Skip layers: \"0, 1\", Skip layer scale: 2.8, Skip layer start: 0, Skip layer end:"
                  + " 1");
      PromptSpec read = PromptSpec.fromInfotext(result.first().infotext());
      assertThat(read.samplerOptions()).isEqualTo(SKIPPING.toBuilder().shift(3).build());
      assertThat(draw(pipeline, read.toBuilder())).isEqualTo(result.first().image());

      // The first of three calls has no share above 0.01, the second one is beyond 0.2.
      SamplerOptions usual = SamplerOptions.builder().skipLayers(0, 1).build();
      assertThat(draw(pipeline, spec(pipeline).samplerOptions(usual))).isEqualTo(plain);
      SamplerOptions none = SKIPPING.toBuilder().skipLayerScale(0).build();
      assertThat(draw(pipeline, spec(pipeline).samplerOptions(none))).isEqualTo(plain);
    }
  }

  @Test
  void generate_togetherAndWithoutGuidance_givesTheSameImages() {
    try (Pipeline pipeline = open()) {
      for (double cfg : new double[] {1, 5}) {
        PromptSpec.Builder spec = spec(pipeline).cfgScale(cfg).images(2).samplerOptions(SKIPPING);
        List<Image> alone =
            pipeline.generate(spec.build()).images().stream().map(each -> each.image()).toList();
        SpeedOptions together = SpeedOptions.builder().exactBatches(false).batchSize(2).build();
        List<Image> joint =
            pipeline.generate(spec.speedOptions(together).build()).images().stream()
                .map(each -> each.image())
                .toList();
        for (int i = 0; i < 2; i++) {
          assertThat(TinyFlow.difference(joint.get(i), alone.get(i))).isLessThan(0.02);
        }
        assertThat(TinyFlow.difference(alone.get(0), alone.get(1))).isGreaterThan(1);
      }
    }
  }

  @Test
  void generate_withALora_isTheSameInBothModes() {
    try (Pipeline pipeline = open()) {
      PromptSpec.Builder spec =
          spec(pipeline).prompt("a cat<lora:lora_kohya:0.8>").samplerOptions(SKIPPING);
      Image patched = draw(pipeline, spec.loraMode(LoraMode.PATCHED));
      Image overlaid = draw(pipeline, spec.loraMode(LoraMode.OVERLAY));
      assertThat(TinyFlow.difference(patched, overlaid)).isLessThan(0.02);
      Image without = draw(pipeline, spec.samplerOptions(SamplerOptions.DEFAULTS));
      assertThat(TinyFlow.difference(overlaid, without)).isGreaterThan(0.1);
    }
  }

  @Test
  void generate_blockThatIsNotThere_isRefused() {
    try (Pipeline pipeline = open()) {
      SamplerOptions beyond = SamplerOptions.builder().skipLayers(1, 7).build();
      assertThatThrownBy(() -> draw(pipeline, spec(pipeline).samplerOptions(beyond)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("skipLayers is [1, 7], but the blocks of this SD 3.x model are 0 to 1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "flux1", "klein"})
  void generate_modelWithoutSuchBlocks_isRefused(String model) {
    Path file =
        switch (model) {
          case "sd1" -> Fixtures.CHECKPOINT;
          case "flux1" -> TinyTransformers.flux1Dev();
          default -> TinyTransformers.klein();
        };
    try (Pipeline pipeline = Fixtures.float32().checkpoint(Checkpoint.open(file)).build()) {
      assertThatThrownBy(() -> draw(pipeline, spec(pipeline).samplerOptions(SKIPPING)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "skipLayers is [0, 1], but the checkpoint is %s: skip-layer guidance is for Stable"
                  + " Diffusion 3 and 3.5; remove the setting",
              pipeline.checkpoint().family().label());
    }
  }
}
