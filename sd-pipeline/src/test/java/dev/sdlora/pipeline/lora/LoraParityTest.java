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
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the effect of LoRA files in both common layouts to diffusers. */
class LoraParityTest {
  private static final double TOLERANCE = 2e-5;
  private static final double STRENGTH = 0.8;
  private static final TensorFile GOLDEN = Fixtures.golden("lora_golden");

  private static Networks networks;
  private static Patcher patcher;

  @BeforeAll
  static void load() {
    networks = Networks.load(CheckpointReader.read(Fixtures.CHECKPOINT), Precision.FLOAT32, "cpu");
    patcher = new Patcher(networks.torch(), networks.loader(), networks.patchable());
  }

  @AfterAll
  static void close() {
    networks.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny_lora", "lora_peft"})
  void apply_file_givesTheGoldenStatesAndNoise(String name) {
    Matched plan = plan(name, STRENGTH, STRENGTH);
    patcher.apply(plan.plan());

    assertThat(plan.matches()).singleElement().isEqualTo(new Match(215 + 30, List.of()));
    assertCloseToScale(encode(1), floats(GOLDEN, "text.last_ln"), TOLERANCE);
    assertCloseToScale(encode(2), floats(GOLDEN, "text.penultimate_ln"), TOLERANCE);
    assertCloseToScale(predict("unet.context"), floats(GOLDEN, "unet.out"), TOLERANCE);

    patcher.restore();
    TensorFile plain = Fixtures.golden("golden");
    assertCloseToScale(encode(1), floats(plain, "text.last_ln"), TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny_lora", "lora_peft"})
  void apply_unetStrengthOnly_leavesTheTextEncoder(String name) {
    patcher.apply(plan(name, 0, STRENGTH).plan());

    assertThat(networks.textEncoders().get(0).weights().patched()).isEmpty();
    TensorFile plain = Fixtures.golden("golden");
    float[] states = encode(1);
    assertCloseToScale(states, floats(plain, "text.last_ln"), TOLERANCE);
    try (NDManager scope = networks.torch().scope()) {
      NDArray context = Torch.floats(scope, states, shape(plain, "text.last_ln"));
      assertCloseToScale(
          predict(networks.unet(), context, scope), floats(GOLDEN, "unet_only.out"), TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny_lora", "lora_peft"})
  void overlay_file_givesTheGoldenStatesAndNoise(String name) {
    int arrays = networks.torch().liveArrays();
    Map<Network, Map<String, List<Long>>> shapes = shapes();
    List<PatchPlan> plans = List.of(plan(name, STRENGTH, STRENGTH).plan());
    try (Overlay overlay = new Overlays(networks.torch()).open(plans, shapes, ScalarType.FLOAT32);
        TensorDict text =
            dict(networks.textEncoders().get(0).weights(), overlay, Network.TEXT_ENCODER);
        TensorDict unet = dict(networks.unet().weights(), overlay, Network.UNET);
        NDManager scope = networks.torch().scope()) {
      TextEncoder encoder = networks.textEncoders().get(0).reading(text);
      int[][] ids = ids(Fixtures.golden("golden"), "text.input_ids_full");
      assertCloseToScale(
          encoder.encode(ids, 1, scope).states().toFloatArray(),
          floats(GOLDEN, "text.last_ln"),
          TOLERANCE);
      NDArray context =
          Torch.floats(scope, floats(GOLDEN, "unet.context"), shape(GOLDEN, "unet.context"));
      UNet overlaid = networks.unet().reading(() -> unet);
      assertCloseToScale(predict(overlaid, context, scope), floats(GOLDEN, "unet.out"), TOLERANCE);
      // Only the scales change with the strength.
      float[] plain = predict(networks.unet(), context, scope);
      overlay.scale(new double[] {0});
      assertThat(predict(overlaid, context, scope)).isEqualTo(plain);
      overlay.scale(new double[] {1});
      assertCloseToScale(predict(overlaid, context, scope), floats(GOLDEN, "unet.out"), TOLERANCE);
    }
    assertThat(networks.torch().liveArrays()).isEqualTo(arrays);
  }

  private static TensorDict dict(LiveWeights weights, Overlay overlay, Network network) {
    Map<String, NDArray> all = new LinkedHashMap<>(overlay.tensors(network));
    all.putAll(weights.entries());
    return TensorDict.of(all);
  }

  private static Map<Network, Map<String, List<Long>>> shapes() {
    Map<Network, Map<String, List<Long>>> shapes = new EnumMap<>(Network.class);
    networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
    return shapes;
  }

  private static Matched plan(String name, double text, double unet) {
    Path folder = name.equals("tiny_lora") ? Fixtures.LORAS : Fixtures.GOLDENS;
    LoraFile file = LoraFile.open(folder.resolve(name + ".safetensors"));
    return PatchPlan.match(
        new ModuleIndex(shapes()),
        "tiny",
        ModelFamily.SD1,
        List.of(new LoraUse(name, file, text, unet)));
  }

  private static float[] encode(int clipSkip) {
    int[][] ids = ids(Fixtures.golden("golden"), "text.input_ids_full");
    try (NDManager scope = networks.torch().scope()) {
      return networks.textEncoders().get(0).encode(ids, clipSkip, scope).states().toFloatArray();
    }
  }

  private static float[] predict(String context) {
    try (NDManager scope = networks.torch().scope()) {
      NDArray states = Torch.floats(scope, floats(GOLDEN, context), shape(GOLDEN, context));
      return predict(networks.unet(), states, scope);
    }
  }

  private static float[] predict(UNet unet, NDArray context, NDManager scope) {
    NDArray latents =
        Torch.floats(scope, floats(GOLDEN, "unet.sample"), shape(GOLDEN, "unet.sample"));
    NDArray times = Torch.floats(scope, floats(GOLDEN, "unet.timestep"), 2);
    return unet.predict(latents, times, context, scope).toFloatArray();
  }
}
