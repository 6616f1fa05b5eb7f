package dev.sdlora.pipeline.control;

import static dev.sdlora.tensorkit.GoldenTensors.floats;
import static dev.sdlora.tensorkit.GoldenTensors.shape;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Precision;
import dev.sdlora.api.value.UnionType;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.auxiliary.ControlNetReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.control.ControlNetUnion;
import dev.sdlora.families.network.control.ControlNetUnion.Shown;
import dev.sdlora.families.network.control.ControlNetUnionConfig;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares ControlNets Union and U-Nets with them to diffusers in float64. */
class ControlUnionParityTest {
  private static final double TOLERANCE = 2e-5;
  private static final int OUTPUTS = 10;
  private static final TensorFile GOLDEN = Fixtures.golden("control/union_golden");

  @TempDir static Path folder;

  private static Networks networks;
  private static NDManager scope;

  @BeforeAll
  static void open() {
    Path checkpoint = FamilyFiles.checkpoint("sdxl", folder);
    networks = Networks.load(CheckpointReader.read(checkpoint), Precision.FLOAT32, "cpu");
    scope = networks.torch().scope();
  }

  @AfterAll
  static void close() {
    scope.close();
    networks.close();
  }

  /** The cases of diffusers' guess mode also scale the outputs from 0.1 to 1. */
  @ParameterizedTest
  @CsvSource({
    "depth, base, one=depth, 0.7",
    "both, base, one=depth*0.6 two=canny*0.9, 1",
    "tile, base, one=tile, 1",
    "inpaint, base, hole=inpaint, 0.8",
    "promax, base, hole=inpaint*0.8 two=openpose*0.5 one=tile*1.2, 1",
    "guess, base, one=depth, 0.7",
    "guessboth, base, one=depth*0.6 two=canny*0.9, 1",
    "hires, hires, one=softedge*0.6 two=segment*0.9, 1"
  })
  void residuals_goldenImages_giveTheGoldenNoise(
      String name, String inputs, String images, double scale) {
    boolean promax = images.contains("tile") || images.contains("inpaint");
    boolean fading = name.startsWith("guess");
    run(
        promax ? FamilyFiles.promax(folder) : FamilyFiles.union(),
        inputs,
        images,
        i -> fading ? scale * Math.pow(10, -1 + i / (OUTPUTS - 1.0)) : scale,
        (residuals, noise) -> {
          assertThat(residuals).hasSize(OUTPUTS);
          for (int i = 0; i < OUTPUTS; i++) {
            String residual = name + ".residual." + (i == OUTPUTS - 1 ? "mid" : i);
            if (GOLDEN.find(residual).isPresent()) {
              float[] expected = floats(GOLDEN, residual);
              assertCloseToScale(residuals.get(i).toFloatArray(), expected, TOLERANCE);
            }
          }
          assertCloseToScale(noise.toFloatArray(), floats(GOLDEN, name + ".out"), TOLERANCE);
        });
  }

  private interface Check {
    void of(List<NDArray> residuals, NDArray noise);
  }

  private static void run(
      Path path, String inputs, String images, IntToDoubleFunction scale, Check check) {
    NetworkFile<ControlNetUnionConfig> file =
        ControlNetReader.readUnion(TensorFile.open(path), networks.unet().config()::headsOf)
            .orElseThrow();
    assertThat(file.config().base().unet().fitsBeside(networks.unet().config())).isTrue();
    try (LiveWeights weights =
        LiveWeights.load(networks.torch(), networks.loader(), file.weights(), ScalarType.FLOAT32)) {
      ControlNetUnion net = new ControlNetUnion(networks.torch(), file.config(), weights);
      List<Shown> shown = new ArrayList<>();
      Stream.of(images.split(" ", -1)).forEach(image -> shown.add(shown(net, inputs, image)));
      AddedConditions added =
          FamilyFiles.added(GOLDEN, inputs + ".", networks.unet().config().vectorWidth(), scope);
      float[] scales = new float[2 * OUTPUTS];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = (float) scale.applyAsDouble(i / 2);
      }
      NDArray sample = tensor(inputs + ".sample");
      NDArray time = tensor(inputs + ".timestep");
      NDArray context = tensor(inputs + ".context");
      List<NDArray> residuals =
          net.residuals(
              sample,
              time,
              context,
              added.vector(),
              shown,
              Torch.floats(scope, scales, OUTPUTS, 2),
              scope);
      NDArray noise =
          networks
              .unet()
              .predict(
                  new UNet.Input(sample, time, context, added, new Residuals(residuals, List.of())),
                  scope);
      check.of(residuals, noise);
    }
  }

  /** Encodes an image given as {@code name=type*weight}. */
  private static Shown shown(ControlNetUnion net, String inputs, String image) {
    String[] parts = image.split("[=*]", -1);
    return new Shown(
        net.hint(tensor(inputs + "." + parts[0]), scope),
        UnionType.parse(parts[1]).number(),
        parts.length > 2 ? Double.parseDouble(parts[2]) : 1);
  }

  private static NDArray tensor(String name) {
    return Torch.floats(scope, floats(GOLDEN, name), shape(GOLDEN, name));
  }
}
