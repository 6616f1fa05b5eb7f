package dev.sdlora.training.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.training.Fixtures;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.ResumeTest;
import dev.sdlora.training.TrainingException;
import dev.sdlora.training.TrainingResult;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.recipe.AdapterSettings;
import dev.sdlora.training.step.DenoisingProgram.Computation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares gradients of inner values that are kept with those of inner values that are computed
 * again, and gradients in bfloat16 with those in float32.
 */
@Timeout(600)
@Tag("slow")
class CheckpointingTest {
  /** Latents of 18×16 positions, of which the second level has 9×8 and the third 5×4. */
  private static final ImageSize SIZE = new ImageSize(128, 144);

  private static final Computation AGAIN = new Computation(ScalarType.FLOAT32, true);
  private static final Computation SHORT = new Computation(ScalarType.BFLOAT16, false);
  private static final Computation SHORT_AGAIN = new Computation(ScalarType.BFLOAT16, true);

  @TempDir private static Path models;
  @TempDir private Path folder;

  private static final Map<String, UNetFiles> MODELS = new LinkedHashMap<>();

  @BeforeAll
  static void write() {
    MODELS.put("sd1", Bench.MODEL);
    MODELS.put(
        "sd2",
        CheckpointReader.read(
            Fixtures.withWholeVocabulary(TinyFamilies.sd2(), models.resolve("sd2.safetensors"))));
    MODELS.put(
        "sdxl",
        CheckpointReader.read(
            Fixtures.withWholeVocabulary(TinyFamilies.sdxl(), models.resolve("sdxl.safetensors"))));
  }

  private static UNetFiles find(String model) {
    return Objects.requireNonNull(MODELS.get(model), model);
  }

  private static Map<String, float[]> gradients(
      String model, TrainedModules modules, boolean text, Computation computation) {
    return gradients(model, SIZE, modules, text, computation);
  }

  private static Map<String, float[]> gradients(
      String model, ImageSize size, TrainedModules modules, boolean text, Computation computation) {
    try (Bench bench =
        new Bench(find(model), Fixtures.discs(), size, modules, text, 2, computation)) {
      bench.randomise(0.05);
      return bench.gradients(bench.batches.at(0));
    }
  }

  /**
   * Gradients of the whole network are compared with PyTorch's in {@code ReferenceTrainingTest}.
   */
  @ParameterizedTest
  @CsvSource({
    "sd1, ATTENTION, false",
    "sd1, CONVOLUTIONS, true",
    "sd2, LINEAR, true",
    "sd2, CONVOLUTIONS, false",
    "sdxl, LINEAR, false",
    "sdxl, CONVOLUTIONS, true"
  })
  void gradients_ofValuesComputedAgain_areThoseOfKeptOnes(
      String model, TrainedModules modules, boolean text) {
    Map<String, float[]> kept = gradients(model, modules, text, Bench.PLAIN);
    Map<String, float[]> again = gradients(model, modules, text, AGAIN);

    assertThat(again.keySet()).isEqualTo(kept.keySet());
    assertThat(distance(kept, again)).isLessThan(1e-6);
    assertThat(farthest(kept, again)).isLessThan(1e-5);
  }

  /** Kinds that build a weight build it again, too. */
  @ParameterizedTest
  @CsvSource({"LOHA, false", "LOHA, true", "LOKR, false", "LORA, true", "IA3, false"})
  void gradients_ofEachKind_areThoseOfKeptOnes(AdapterKind kind, boolean dora) {
    Map<String, float[]> kept = gradients(kind, dora, Bench.PLAIN);
    Map<String, float[]> again = gradients(kind, dora, AGAIN);

    assertThat(again.keySet()).isEqualTo(kept.keySet());
    assertThat(distance(kept, again)).isLessThan(1e-6);
  }

  private static Map<String, float[]> gradients(
      AdapterKind kind, boolean dora, Computation computation) {
    AdapterSettings adapter =
        new AdapterSettings(
            4, 4, TrainedModules.CONVOLUTIONS, true, AdapterOptions.of(kind).withDora(dora));
    try (Bench bench = new Bench(Bench.MODEL, Fixtures.discs(), SIZE, adapter, 2, computation)) {
      bench.randomise(0.05);
      return bench.gradients(bench.batches.at(0));
    }
  }

  /** A product in bfloat16 has a relative error of 2⁻⁹, and a gradient passes hundreds of them. */
  @ParameterizedTest
  @CsvSource({"sd1, true", "sd2, true", "sdxl, true", "sdxl, false"})
  void gradients_inBfloat16_areNearThoseInFloat32(String model, boolean text) {
    Map<String, float[]> exact = gradients(model, TrainedModules.CONVOLUTIONS, text, Bench.PLAIN);
    Map<String, float[]> kept = gradients(model, TrainedModules.CONVOLUTIONS, text, SHORT);
    Map<String, float[]> again = gradients(model, TrainedModules.CONVOLUTIONS, text, SHORT_AGAIN);

    assertThat(distance(exact, kept)).isBetween(1e-5, 0.03);
    assertThat(distance(exact, again)).isBetween(1e-5, 0.03);
  }

  /** 1,024 positions in the first level with attention, which is computed by products then. */
  @ParameterizedTest
  @CsvSource({"sd1, 256, true", "sdxl, 512, false"})
  void gradients_ofLargeAttentionInBfloat16_areNearThoseInFloat32(
      String model, int side, boolean text) {
    ImageSize size = new ImageSize(side, side);
    TrainedModules modules = TrainedModules.LINEAR;
    Map<String, float[]> exact = gradients(model, size, modules, text, Bench.PLAIN);
    Map<String, float[]> kept = gradients(model, size, modules, text, SHORT);
    Map<String, float[]> again = gradients(model, size, modules, text, SHORT_AGAIN);

    assertThat(distance(exact, kept)).isBetween(1e-5, 0.03);
    assertThat(distance(kept, again)).isLessThan(1e-6);
  }

  @Test
  void gradients_ofValuesComputedAgain_areTheSameInEachRun() {
    for (Computation computation : List.of(AGAIN, SHORT_AGAIN)) {
      Map<String, float[]> one = gradients("sd1", TrainedModules.CONVOLUTIONS, true, computation);
      Map<String, float[]> other = gradients("sd1", TrainedModules.CONVOLUTIONS, true, computation);

      other.forEach((name, values) -> assertThat(values).as(name).isEqualTo(one.get(name)));
    }
  }

  @Test
  void training_inBfloat16_resumed_isTheUnbrokenOne() throws IOException {
    trainer("whole").build().train();
    ResumeTest.trainWith(trainer("parts"), 2, LoraTrainer::cancel);
    TrainingResult result = trainer("parts").resume(true).build().train();

    assertThat(result.steps()).isEqualTo(4);
    assertThat(folder.resolve("parts.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("whole.safetensors"));
    assertThat(TensorFile.open(folder.resolve("parts.safetensors")).metadata())
        .containsEntry("ss_mixed_precision", "bf16")
        .containsEntry("ss_gradient_checkpointing", "True");
  }

  private LoraTrainerBuilder trainer(String name) {
    return Fixtures.trainer(folder.resolve(name + ".safetensors"))
        .name("discs")
        .textEncoder(true)
        .precision(TrainingPrecision.BFLOAT16)
        .checkpointing(true)
        .steps(4);
  }

  @Test
  void training_inBfloat16_cannotBeResumedInFloat32() {
    ResumeTest.trainWith(trainer("parts"), 2, LoraTrainer::cancel);
    LoraTrainer other = trainer("parts").resume(true).precision(TrainingPrecision.FLOAT32).build();

    assertThatThrownBy(other::train)
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("precision=BFLOAT16");
  }

  @Test
  void integers_forUNets_areRefused() {
    LoraTrainerBuilder builder = trainer("integers").precision(TrainingPrecision.INT8);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("precision must be FLOAT32 or BFLOAT16 for SD 1");
  }

  /**
   * The largest distance of two tensors of one name, relative to the norm of the first. Tensors
   * with less than a hundredth of the norm of all are left out: some are zero but for rounding,
   * because norms of one channel remove what they change.
   */
  private static double farthest(Map<String, float[]> one, Map<String, float[]> other) {
    double all = norm(one);
    return one.entrySet().stream()
        .map(tensor -> Map.of(tensor.getKey(), tensor.getValue()))
        .filter(tensor -> norm(tensor) > all / 100)
        .mapToDouble(tensor -> distance(tensor, other))
        .max()
        .orElseThrow();
  }

  private static double norm(Map<String, float[]> tensors) {
    double sum = 0;
    for (float[] values : tensors.values()) {
      for (float value : values) {
        sum += (double) value * value;
      }
    }
    return Math.sqrt(sum);
  }

  /** The distance of all tensors together, relative to the norm of the first ones. */
  private static double distance(Map<String, float[]> one, Map<String, float[]> other) {
    Map<String, float[]> differences = new LinkedHashMap<>();
    one.forEach(
        (name, values) -> {
          float[] others = Objects.requireNonNull(other.get(name), name);
          float[] difference = new float[values.length];
          for (int i = 0; i < values.length; i++) {
            difference[i] = values[i] - others[i];
          }
          differences.put(name, difference);
        });
    return norm(differences) / norm(one);
  }
}
