package dev.sdlora.pipeline.control;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Precision;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Image;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.auxiliary.ControlLoraReader;
import dev.sdlora.families.checkpoint.auxiliary.ControlLoraReader.ControlLora;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.control.ControlNet;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.tensorkit.GoldenTensors;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlNetsTest {
  private static final Path UNION = Fixtures.golden("control/tiny-union-sdxl").path();
  private static final Path LORA = Fixtures.golden("control/tiny-control-lora-sdxl").path();
  private static final Path PLAIN = Fixtures.golden("control/tiny-control-sdxl").path();

  private static ControlUnit unit(Path network, double weight) {
    return ControlUnit.builder(network, Image.of(1, 1, new byte[3])).weight(weight).build();
  }

  private static long bytes(Path network) {
    return 4
        * TensorFile.open(network).tensors().values().stream()
            .mapToLong(tensor -> tensor.elements())
            .sum();
  }

  /** The results are those of diffusers in float64. */
  @Test
  void controlLora_goldenImage_givesTheGoldenNoise(@TempDir Path folder) {
    TensorFile golden = Fixtures.golden("control/control_lora_golden");
    ModelFiles files = CheckpointReader.read(FamilyFiles.checkpoint("sdxl", folder));
    try (Networks networks = Networks.load(files, Precision.FLOAT32, "cpu");
        NDManager scope = networks.torch().scope()) {
      ControlLora lora =
          ControlLoraReader.read(
              TensorFile.open(LORA),
              networks.unet().config(),
              Objects.requireNonNull(files.patchable().get(Network.UNET)));
      try (LiveWeights weights =
          ControlLoraWeights.load(networks.torch(), lora, ScalarType.FLOAT32)) {
        ControlNet net = new ControlNet(networks.torch(), lora.network().config(), weights);
        AddedConditions added =
            FamilyFiles.added(golden, "lora.", networks.unet().config().vectorWidth(), scope);
        float[] scales = new float[20];
        Arrays.fill(scales, 0.7f);
        NDArray sample = tensor(golden, "lora.sample", scope);
        NDArray time = tensor(golden, "lora.timestep", scope);
        NDArray context = tensor(golden, "lora.context", scope);
        List<NDArray> residuals =
            net.residuals(
                sample,
                time,
                context,
                added.vector(),
                net.hint(tensor(golden, "lora.hint", scope), scope),
                Torch.floats(scope, scales, 10, 2),
                scope);
        assertCloseToScale(
            residuals.get(9).toFloatArray(),
            GoldenTensors.floats(golden, "lora.residual.mid"),
            2e-5);
        NDArray noise =
            networks
                .unet()
                .predict(
                    new UNet.Input(
                        sample, time, context, added, new Residuals(residuals, List.of())),
                    scope);
        assertCloseToScale(noise.toFloatArray(), GoldenTensors.floats(golden, "lora.out"), 2e-5);
      }
    }
  }

  private static NDArray tensor(TensorFile golden, String name, NDManager scope) {
    return Torch.floats(
        scope, GoldenTensors.floats(golden, name), GoldenTensors.shape(golden, name));
  }

  @Test
  void bytesAndCalls_severalUnits_countEachFileOnce() {
    try (Torch torch = Torch.open("cpu");
        ControlNets networks =
            new ControlNets(
                List.of(),
                torch,
                Checkpoint.open(Fixtures.CHECKPOINT),
                Optional.empty(),
                Map.of(),
                ScalarType.FLOAT32,
                List.of())) {
      List<ControlUnit> units =
          List.of(unit(UNION, 1), unit(UNION, 0.5), unit(PLAIN, 0), unit(PLAIN, 1));
      assertThat(networks.bytes(units)).isEqualTo(bytes(UNION) + bytes(PLAIN));
      assertThat(networks.bytes(units.subList(0, 3))).isEqualTo(bytes(UNION));
      assertThat(networks.calls(units)).isEqualTo(2);
      assertThat(networks.calls(units.subList(1, 4))).isEqualTo(2);
      ControlUnit prompt = units.get(0).toBuilder().mode(ControlUnit.Mode.PROMPT).build();
      assertThat(networks.calls(List.of(units.get(0), prompt, units.get(3), units.get(3))))
          .isEqualTo(4);
    }
  }
}
