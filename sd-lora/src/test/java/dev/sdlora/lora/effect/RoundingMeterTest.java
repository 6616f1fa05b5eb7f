package dev.sdlora.lora.effect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.effect.RoundingMeter.Rounding;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares with rounding in plain Java. */
class RoundingMeterTest {
  private static final String NAME = "proj_in.weight";
  private static final int SIDE = 60;

  @TempDir Path folder;
  private final Torch torch = Torch.open("cpu");
  private final float[] up = values(3, SIDE);
  private final float[] down = values(5, SIDE);

  @AfterEach
  void close() {
    torch.close();
  }

  private static float[] values(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (0.3 * random.nextGaussian());
    }
    return values;
  }

  /** Rounds to the nearest number with 8 bits, ties to even. */
  private static float toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int rounded = bits + 0x7fff + ((bits >> 16) & 1);
    return Float.intBitsToFloat(rounded & 0xffff0000);
  }

  private Optional<Rounding> measure(float[] weight, ScalarType type, double strength) {
    Path model = folder.resolve("model.safetensors");
    List<Long> shape = List.of((long) SIDE, (long) SIDE);
    new SafetensorsWriter().tensor(NAME, shape, weight, DType.F32).write(model);
    Path lora = folder.resolve("lora.safetensors");
    new SafetensorsWriter()
        .tensor("lora_unet_proj_in.lora_up.weight", List.of((long) SIDE, 1L), up, DType.F32)
        .tensor("lora_unet_proj_in.lora_down.weight", List.of(1L, (long) SIDE), down, DType.F32)
        .write(lora);
    TensorFile file = TensorFile.open(model);
    Map<String, Origin> origins =
        Map.of(NAME, new Origin(file, file.find(NAME).orElseThrow(), shape));
    PatchPlan plan =
        PatchPlan.of(
            new ModuleIndex(Map.of(Network.UNET, Map.of(NAME, shape))),
            "tiny",
            ModelFamily.SD1,
            List.of(new LoraUse("x", LoraFile.open(lora), strength, strength)));
    try (LiveWeights live = LiveWeights.load(torch, new TensorLoader(torch), origins, type)) {
      return new RoundingMeter(torch).measure(plan, Map.of(Network.UNET, live));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, true", "0.01, true", "0.0001, true", "1, false", "0.01, false", "0.0001, false"})
  void measure_bfloat16_isWhatPlainRoundingGives(double strength, boolean onGrid) {
    float[] weight = values(7, SIDE * SIDE);
    if (onGrid) {
      for (int i = 0; i < weight.length; i++) {
        weight[i] = toBfloat16(weight[i]);
      }
    }
    double moved = 0;
    double meant = 0;
    double became = 0;
    double along = 0;
    double norm = 0;
    for (int i = 0; i < weight.length; i++) {
      float delta = (float) (strength * up[i / SIDE] * down[i % SIDE]);
      double d = (double) toBfloat16(weight[i] + delta) - toBfloat16(weight[i]);
      moved += d == 0 ? 0 : 1;
      meant += (double) delta * delta;
      became += d * d;
      along += d * delta;
      norm += (double) weight[i] * weight[i];
    }
    Rounding rounding = measure(weight, ScalarType.BFLOAT16, strength).orElseThrow();
    // Products computed in another order may round a weight or two differently.
    assertThat(rounding.moved()).isCloseTo(moved / weight.length, within(2.0 / weight.length));
    assertThat(rounding.likeness()).isCloseTo(along / Math.sqrt(meant * became), within(2e-3));
    assertThat(rounding.relative()).isCloseTo(Math.sqrt(meant / norm), within(1e-6));
    assertThat(rounding.likeness() < 0.5).isEqualTo(strength < 0.001);
  }

  @Test
  void measure_strengthBelowAllSteps_movesNothing() {
    float[] weight = new float[SIDE * SIDE];
    java.util.Arrays.fill(weight, 1);
    Rounding rounding = measure(weight, ScalarType.BFLOAT16, 1e-3).orElseThrow();
    assertThat(rounding.moved()).isZero();
    assertThat(rounding.likeness()).isZero();
    assertThat(rounding.relative()).isPositive();
  }

  @Test
  void measure_float32OrNothing_isNoRounding() {
    float[] weight = values(7, SIDE * SIDE);
    assertThat(measure(weight, ScalarType.FLOAT32, 1e-3)).isEmpty();
    assertThat(measure(weight, ScalarType.BFLOAT16, 0)).isEmpty();
  }
}
