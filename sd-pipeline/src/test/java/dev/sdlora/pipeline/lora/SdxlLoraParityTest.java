package dev.sdlora.pipeline.lora;

import static dev.sdlora.tensorkit.GoldenTensors.floats;
import static dev.sdlora.tensorkit.GoldenTensors.ids;
import static dev.sdlora.tensorkit.GoldenTensors.shape;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Precision;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.SizeConditions;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.network.UNet;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.overlay.Overlay;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Match;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.testkit.TinyFamilies;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Compares a LoRA on all three networks of SDXL to diffusers in float64. */
class SdxlLoraParityTest {
  private static final double TOLERANCE = 2e-5;
  private static final TensorFile PLAIN = FamilyFiles.golden("sdxl", "golden");
  private static final TensorFile GOLDEN = FamilyFiles.golden("sdxl", "lora_golden");
  private static final int ROWS = 2;

  private static Networks networks;
  private static Map<Network, Map<String, List<Long>>> shapes;

  @BeforeAll
  static void load() {
    networks = Networks.load(CheckpointReader.read(TinyFamilies.sdxl()), Precision.FLOAT32, "cpu");
    shapes = new EnumMap<>(Network.class);
    networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
  }

  @AfterAll
  static void close() {
    networks.close();
  }

  private static Matched plan(double text, double unet) {
    LoraFile file = LoraFile.open(TinyFamilies.sdxlLora());
    return PatchPlan.match(
        new ModuleIndex(shapes),
        "tiny-sdxl",
        ModelFamily.SDXL,
        List.of(new LoraUse("lora", file, text, unet)));
  }

  @Test
  void patch_file_givesTheGoldenStatesAndNoiseAndLeavesNoBit() {
    final Map<String, float[]> before = bits();
    Patcher patcher = new Patcher(networks.torch(), networks.loader(), networks.patchable());
    Matched plan = plan(0.8, 0.8);
    assertThat(plan.matches()).singleElement().isEqualTo(new Match(242 + 30 + 24, List.of()));
    patcher.apply(plan.plan());
    assertThat(bits().keySet()).isEqualTo(before.keySet());
    assertGolden(networks.textEncoders(), networks.unet());

    patcher.apply(plan(0, 0.8).plan());
    assertUnetOnly(networks.textEncoders(), networks.unet());

    patcher.restore();
    bits().forEach((name, values) -> assertThat(values).as(name).isEqualTo(before.get(name)));
  }

  @Test
  void overlay_file_givesTheGoldenStatesAndNoise() {
    final int arrays = networks.torch().liveArrays();
    Overlays overlays = new Overlays(networks.torch());
    List<PatchPlan> whole = List.of(plan(0.8, 0.8).plan());
    try (Overlay overlay = overlays.open(whole, shapes, ScalarType.FLOAT32);
        TensorDict first = dict(Network.textEncoder(0), overlay);
        TensorDict second = dict(Network.textEncoder(1), overlay);
        TensorDict unet = dict(Network.UNET, overlay)) {
      List<TextEncoder> encoders = networks.textEncoders();
      assertGolden(
          List.of(encoders.get(0).reading(first), encoders.get(1).reading(second)),
          networks.unet().reading(() -> unet));
      assertUnetOnly(encoders, networks.unet().reading(() -> unet));
    }
    assertThat(networks.torch().liveArrays()).isEqualTo(arrays);
  }

  private static TensorDict dict(Network network, Overlay overlay) {
    LiveWeights weights = Objects.requireNonNull(networks.patchable().get(network));
    Map<String, NDArray> all = new LinkedHashMap<>(overlay.tensors(network));
    all.putAll(weights.entries());
    return TensorDict.of(all);
  }

  private static Map<String, float[]> bits() {
    Map<String, float[]> bits = new LinkedHashMap<>();
    networks
        .patchable()
        .forEach(
            (network, weights) ->
                weights
                    .shapes()
                    .keySet()
                    .forEach(name -> bits.put(network + " " + name, weights.values(name))));
    return bits;
  }

  private static void assertGolden(List<TextEncoder> encoders, UNet unet) {
    try (NDManager scope = networks.torch().scope()) {
      Text text = encode(encoders, scope);
      assertCloseToScale(text.context, floats(GOLDEN, "context"), TOLERANCE);
      assertCloseToScale(text.pooled, floats(GOLDEN, "pooled"), TOLERANCE);
      Text golden = new Text(floats(GOLDEN, "context"), floats(GOLDEN, "pooled"));
      assertCloseToScale(predict(unet, golden, scope), floats(GOLDEN, "unet.out"), TOLERANCE);
    }
  }

  /** Checks the LoRA on the U-Net alone, with unchanged text encoders. */
  private static void assertUnetOnly(List<TextEncoder> encoders, UNet unet) {
    try (NDManager scope = networks.torch().scope()) {
      Text text = encode(encoders, scope);
      assertCloseToScale(text.context, floats(PLAIN, "context"), TOLERANCE);
      assertCloseToScale(predict(unet, text, scope), floats(GOLDEN, "unet_only.out"), TOLERANCE);
    }
  }

  /** The concatenated states of both encoders and the pooled state of the second one. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Text(float[] context, float[] pooled) {}

  private static Text encode(List<TextEncoder> encoders, NDManager scope) {
    List<NDArray> states = new ArrayList<>();
    float[] pooled = {};
    for (int i = 0; i < encoders.size(); i++) {
      TextEncoder encoder = encoders.get(i);
      int[][] ids = ids(PLAIN, "text" + (i + 1) + ".input_ids_small");
      TextEncoder.Encoded encoded = encoder.encode(ids, encoder.config().reading().skip(), scope);
      states.add(encoded.states());
      pooled = encoded.pooled().map(NDArray::toFloatArray).orElse(pooled);
    }
    return new Text(states.get(0).concat(states.get(1), 2).toFloatArray(), pooled);
  }

  private static float[] predict(UNet unet, Text text, NDManager scope) {
    int width = unet.config().vectorWidth();
    float[] sizes = floats(GOLDEN, "unet.time_ids");
    float[] vectors = new float[ROWS * width];
    for (int row = 0; row < ROWS; row++) {
      double[] numbers = new double[sizes.length / ROWS];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = sizes[row * numbers.length + i];
      }
      int length = text.pooled.length / ROWS;
      float[] own = Arrays.copyOfRange(text.pooled, row * length, (row + 1) * length);
      System.arraycopy(SizeConditions.vector(own, numbers, width), 0, vectors, row * width, width);
    }
    return unet.predict(
            new UNet.Input(
                Torch.floats(scope, floats(GOLDEN, "unet.sample"), shape(GOLDEN, "unet.sample")),
                Torch.floats(scope, floats(GOLDEN, "unet.timestep"), ROWS),
                Torch.floats(scope, text.context, shape(GOLDEN, "context")),
                new AddedConditions(
                    Torch.floats(scope, vectors, ROWS, width),
                    Torch.floats(scope, new float[0], ROWS, 0)),
                Residuals.NONE),
            scope)
        .toFloatArray();
  }
}
