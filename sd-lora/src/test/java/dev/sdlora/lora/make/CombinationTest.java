package dev.sdlora.lora.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.spi.MakingBackend.Ranks;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sums of biases, normalisations and kinds that are not a product of two factors. */
class CombinationTest {
  private static final ModuleIndex INDEX =
      new ModuleIndex(
          Map.of(
              Network.UNET,
              Map.of(
                  "a.weight", List.of(12L, 10L),
                  "a.bias", List.of(12L),
                  "n.weight", List.of(6L),
                  "n.bias", List.of(6L))));

  @TempDir private Path folder;
  private final Random random = new Random(7);

  private LoraFile loha() {
    return open(
        "loha",
        writer()
            .tensor("lora_unet_a.hada_w1_a", List.of(12L, 2L), floats(24), DType.F32)
            .tensor("lora_unet_a.hada_w1_b", List.of(2L, 10L), floats(20), DType.F32)
            .tensor("lora_unet_a.hada_w2_a", List.of(12L, 2L), floats(24), DType.F32)
            .tensor("lora_unet_a.hada_w2_b", List.of(2L, 10L), floats(20), DType.F32)
            .tensor("lora_unet_a.alpha", List.of(), new float[] {1}, DType.F32));
  }

  private LoraFile loraWithVectors() {
    return open(
        "lora",
        writer()
            .tensor("lora_unet_a.lora_down.weight", List.of(3L, 10L), floats(30), DType.F32)
            .tensor("lora_unet_a.lora_up.weight", List.of(12L, 3L), floats(36), DType.F32)
            .tensor("lora_unet_a.alpha", List.of(), new float[] {1.5f}, DType.F32)
            .tensor("lora_unet_a.diff_b", List.of(12L), floats(12), DType.F32)
            .tensor("lora_unet_n.w_norm", List.of(6L), floats(6), DType.F32)
            .tensor("lora_unet_n.b_norm", List.of(6L), floats(6), DType.F32));
  }

  private static SafetensorsWriter writer() {
    return new SafetensorsWriter().metadata("ss_base_model_version", "sd_v1");
  }

  private LoraFile open(String name, SafetensorsWriter writer) {
    Path path = folder.resolve(name + ".safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private LoraFile combine(List<LoraUse> uses, Optional<Ranks> rule) {
    Path path = folder.resolve("combined.safetensors");
    try (Torch torch = Torch.open("cpu");
        AdapterFile target = AdapterFile.create(path, DType.F32)) {
      new Combination(torch, INDEX, KeyNaming.KOHYA, rule).run(uses, target, MakingListener.NONE);
      target.write(Map.of("ss_base_model_version", "sd_v1"));
    }
    return LoraFile.open(path);
  }

  /** The combined change of several files to the weight of layer {@code a}. */
  private static float[] delta(List<LoraUse> uses) {
    float[] sum = new float[120];
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      Factors factors = new Factors(torch, new TensorLoader(torch));
      for (LoraUse use : uses) {
        try (TensorFile.Reader reader = use.file().file().reader()) {
          for (LoraModule module : use.file().modules()) {
            if (module.key().equals("lora_unet_a") && module.changesWeight()) {
              NDArray none = scope.zeros(new Shape(12, 10));
              double strength = use.unetStrength();
              float[] delta = factors.delta(reader, module, none, strength, scope).toFloatArray();
              for (int i = 0; i < sum.length; i++) {
                sum[i] += delta[i];
              }
            }
          }
        }
      }
    }
    return sum;
  }

  private static float[] values(LoraFile file, String name) {
    try (TensorFile.Reader reader = file.file().reader()) {
      return reader.floats(file.file().find(name).orElseThrow());
    }
  }

  private static void assertTimes(float[] actual, double factor, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i]).isCloseTo(factor * expected[i], within(1e-5));
    }
  }

  @Test
  void run_lohaAndLora_areTheirSum() {
    LoraFile lora = loraWithVectors();
    List<LoraUse> both = List.of(new LoraUse("a", loha(), 0, 0.7), new LoraUse("a", lora, 0, -1.2));

    LoraFile combined = combine(both, Optional.of(new Ranks(10, 1)));

    assertTimes(delta(List.of(new LoraUse("a", combined, 1, 1))), 1, delta(both));
    assertThat(values(combined, "lora_unet_a.alpha")).containsExactly(10);
    for (String name : List.of("lora_unet_a.diff_b", "lora_unet_n.w_norm", "lora_unet_n.b_norm")) {
      assertTimes(values(combined, name), -1.2, values(lora, name));
    }
  }

  @Test
  void run_vectorsWithoutRank_addUp() {
    LoraFile lora = loraWithVectors();
    List<LoraUse> twice = List.of(new LoraUse("a", lora, 1, 1), new LoraUse("a", lora, 1, 0.5));

    LoraFile combined = combine(twice, Optional.empty());

    assertTimes(delta(List.of(new LoraUse("a", combined, 1, 1))), 1, delta(twice));
    assertTimes(values(combined, "lora_unet_a.diff_b"), 1.5, values(lora, "lora_unet_a.diff_b"));
  }

  @Test
  void run_lohaWithoutRank_asksForOne() {
    List<LoraUse> one = List.of(new LoraUse("a", loha(), 1, 1));

    assertThatThrownBy(() -> combine(one, Optional.empty()))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("loha.safetensors")
        .hasMessageContaining("set a rank");
  }

  @Test
  void run_dora_isSentToTheCheckpoint() {
    LoraFile dora =
        open(
            "dora",
            writer()
                .tensor("lora_unet_a.lora_down.weight", List.of(1L, 10L), floats(10), DType.F32)
                .tensor("lora_unet_a.lora_up.weight", List.of(12L, 1L), floats(12), DType.F32)
                .tensor("lora_unet_a.dora_scale", List.of(12L, 1L), floats(12), DType.F32));

    assertThatThrownBy(
            () -> combine(List.of(new LoraUse("a", dora, 1, 1)), Optional.of(new Ranks(1, 1))))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("'lora_unet_a' is DoRA, whose effect depends on the weights")
        .hasMessageContaining("extract a LoRA");
  }

  @Test
  void run_otherSizes_areNamed() {
    LoraFile other =
        open(
            "other",
            writer()
                .tensor("lora_unet_a.lora_down.weight", List.of(1L, 9L), floats(9), DType.F32)
                .tensor("lora_unet_a.lora_up.weight", List.of(12L, 1L), floats(12), DType.F32));
    List<LoraUse> both =
        List.of(new LoraUse("a", loraWithVectors(), 1, 1), new LoraUse("a", other, 1, 1));

    assertThatThrownBy(() -> combine(both, Optional.empty()))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("changes a 12×9 matrix")
        .hasMessageContaining("12×10");
  }
}
