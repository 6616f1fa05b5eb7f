package dev.sdlora.pipeline.control;

import static dev.sdlora.tensorkit.GoldenTensors.floats;
import static dev.sdlora.tensorkit.GoldenTensors.shape;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Precision;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.auxiliary.ControlNetReader;
import dev.sdlora.families.checkpoint.auxiliary.T2iAdapterReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.control.ControlNet;
import dev.sdlora.families.network.control.ControlNetConfig;
import dev.sdlora.families.network.control.T2iAdapter;
import dev.sdlora.families.network.control.T2iAdapterConfig;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares ControlNets, a T2I-Adapter and U-Nets with them to diffusers in float64. */
class ControlParityTest {
  private static final double TOLERANCE = 2e-5;
  private static final double STRENGTH = 0.7;
  private static final TensorFile GOLDEN = Fixtures.golden("control/golden");

  @TempDir static Path folder;

  @ParameterizedTest
  @CsvSource({"sd1, 13", "sdxl, 10"})
  void controlNet_goldenHint_givesTheGoldenResidualsAndNoise(String set, int outputs) {
    try (Networks networks = open(set);
        NDManager scope = networks.torch().scope()) {
      UNetConfig unet = networks.unet().config();
      NetworkFile<ControlNetConfig> file =
          ControlNetReader.read(network("tiny-control-" + set), unet::headsOf);
      assertThat(file.config().unet().fitsBeside(unet)).isTrue();
      try (LiveWeights weights =
          LiveWeights.load(
              networks.torch(), networks.loader(), file.weights(), ScalarType.FLOAT32)) {
        ControlNet net = new ControlNet(networks.torch(), file.config(), weights);
        AddedConditions added = added(set, networks, scope);
        NDArray hint = net.hint(tensor(set + ".hint", scope), scope);
        List<NDArray> residuals = residuals(net, set, added, hint, 1, scope);
        assertThat(residuals).hasSize(outputs);
        for (int i = 0; i < outputs; i++) {
          String name = set + ".residual." + (i == outputs - 1 ? "mid" : i);
          assertCloseToScale(residuals.get(i).toFloatArray(), floats(GOLDEN, name), TOLERANCE);
        }
        List<NDArray> weaker = residuals(net, set, added, hint, STRENGTH, scope);
        assertNoise(set, networks, added, new Residuals(weaker, List.of()), scope);
      }
    }
  }

  @Test
  void t2iAdapter_goldenHint_givesTheGoldenFeaturesAndNoise() {
    try (Networks networks = open("sd1");
        NDManager scope = networks.torch().scope()) {
      NetworkFile<T2iAdapterConfig> file =
          T2iAdapterReader.read(network("tiny-t2iadapter-sd1")).orElseThrow();
      assertThat(file.config().fitsBeside(networks.unet().config())).isTrue();
      try (LiveWeights weights =
          LiveWeights.load(
              networks.torch(), networks.loader(), file.weights(), ScalarType.FLOAT32)) {
        List<NDArray> features =
            new T2iAdapter(networks.torch(), file.config(), weights)
                .features(tensor("t2i.hint", scope), scope);
        List<NDArray> weaker = new ArrayList<>();
        for (int i = 0; i < features.size(); i++) {
          float[] expected = floats(GOLDEN, "t2i.feature." + i);
          assertCloseToScale(features.get(i).toFloatArray(), expected, TOLERANCE);
          weaker.add(features.get(i).mul(STRENGTH));
        }
        weaker.add(Torch.floats(scope, new float[1], 1));
        AddedConditions added = AddedConditions.none(1, scope);
        assertNoise("t2i", networks, added, new Residuals(List.of(), weaker), scope);
      }
    }
  }

  private static List<NDArray> residuals(
      ControlNet net,
      String set,
      AddedConditions added,
      NDArray hint,
      double strength,
      NDManager scope) {
    int rows = (int) shape(GOLDEN, set + ".sample")[0];
    float[] scales = new float[net.config().outputs() * rows];
    Arrays.fill(scales, (float) strength);
    return net.residuals(
        tensor(set + ".sample", scope),
        tensor(set + ".timestep", scope),
        tensor(set + ".context", scope),
        added.vector(),
        hint,
        Torch.floats(scope, scales, net.config().outputs(), rows),
        scope);
  }

  private static void assertNoise(
      String set, Networks networks, AddedConditions added, Residuals residuals, NDManager scope) {
    NDArray noise =
        networks
            .unet()
            .predict(
                new UNet.Input(
                    tensor(set + ".sample", scope),
                    tensor(set + ".timestep", scope),
                    tensor(set + ".context", scope),
                    added,
                    residuals),
                scope);
    assertCloseToScale(noise.toFloatArray(), floats(GOLDEN, set + ".out"), TOLERANCE);
  }

  private static AddedConditions added(String set, Networks networks, NDManager scope) {
    return set.equals("sdxl")
        ? FamilyFiles.added(GOLDEN, set + ".", networks.unet().config().vectorWidth(), scope)
        : AddedConditions.none((int) shape(GOLDEN, set + ".sample")[0], scope);
  }

  private static Networks open(String set) {
    return Networks.load(
        CheckpointReader.read(FamilyFiles.checkpoint(set, folder)), Precision.FLOAT32, "cpu");
  }

  private static TensorFile network(String name) {
    return Fixtures.golden("control/" + name);
  }

  private static NDArray tensor(String name, NDManager scope) {
    return Torch.floats(scope, floats(GOLDEN, name), shape(GOLDEN, name));
  }
}
