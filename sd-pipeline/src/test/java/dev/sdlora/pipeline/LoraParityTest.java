package dev.sdlora.pipeline;

import static dev.sdlora.pipeline.Fixtures.assertClose;
import static dev.sdlora.pipeline.Fixtures.floats;
import static dev.sdlora.pipeline.Fixtures.ids;
import static dev.sdlora.pipeline.Fixtures.shape;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.api.Precision;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Match;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What LoRA files in both common layouts do to the networks, against diffusers. */
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
  @ValueSource(strings = {"lora_kohya", "lora_peft"})
  void apply_file_givesTheGoldenStatesAndNoise(String name) {
    List<Match> matches = new ArrayList<>();
    patcher.apply(plan(name, STRENGTH, STRENGTH, matches));

    assertThat(matches).singleElement().isEqualTo(new Match(215 + 30, List.of()));
    assertClose(encode(1), floats(GOLDEN, "text.last_ln"), TOLERANCE);
    assertClose(encode(2), floats(GOLDEN, "text.penultimate_ln"), TOLERANCE);
    assertClose(predict("unet.context"), floats(GOLDEN, "unet.out"), TOLERANCE);

    patcher.restore();
    TensorFile plain = Fixtures.golden("golden");
    assertClose(encode(1), floats(plain, "text.last_ln"), TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora_kohya", "lora_peft"})
  void apply_unetStrengthOnly_leavesTheTextEncoder(String name) {
    patcher.apply(plan(name, 0, STRENGTH, new ArrayList<>()));

    assertThat(networks.textEncoder().weights().patched()).isEmpty();
    TensorFile plain = Fixtures.golden("golden");
    float[] states = encode(1);
    assertClose(states, floats(plain, "text.last_ln"), TOLERANCE);
    try (NDManager scope = networks.torch().scope()) {
      NDArray context = Torch.floats(scope, states, shape(plain, "text.last_ln"));
      assertClose(predict(context, scope), floats(GOLDEN, "unet_only.out"), TOLERANCE);
    }
  }

  private static PatchPlan plan(String name, double text, double unet, List<Match> matches) {
    Map<Network, Map<String, List<Long>>> shapes = new EnumMap<>(Network.class);
    networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
    LoraFile file = LoraFile.open(Fixtures.GOLDENS.resolve(name + ".safetensors"));
    return PatchPlan.of(
        new ModuleIndex(shapes),
        "tiny",
        ModelFamily.SD1,
        List.of(new LoraUse(name, file, text, unet)),
        matches);
  }

  private static float[] encode(int clipSkip) {
    int[][] ids = ids(Fixtures.golden("golden"), "text.input_ids_full");
    try (NDManager scope = networks.torch().scope()) {
      return networks.textEncoder().encode(ids, clipSkip, scope).toFloatArray();
    }
  }

  private static float[] predict(String context) {
    try (NDManager scope = networks.torch().scope()) {
      return predict(Torch.floats(scope, floats(GOLDEN, context), shape(GOLDEN, context)), scope);
    }
  }

  private static float[] predict(NDArray context, NDManager scope) {
    NDArray latents =
        Torch.floats(scope, floats(GOLDEN, "unet.sample"), shape(GOLDEN, "unet.sample"));
    NDArray times = Torch.floats(scope, floats(GOLDEN, "unet.timestep"), 2);
    return networks.unet().predict(latents, times, context, scope).toFloatArray();
  }
}
