package dev.sdlora.pipeline.generation;

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
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.layout.TrainedLevels;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.network.UNet;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares the networks of all families to diffusers in float64. */
class FamilyParityTest {
  /** diffusers' own float32 differs by 2e-6 to 6e-6; a wrong epsilon in a norm by 5e-5. */
  private static final double TOLERANCE = 2e-5;

  @TempDir static Path folder;

  @ParameterizedTest
  @CsvSource({
    "sd2, SD2, V_PREDICTION",
    "sdxl, SDXL, EPSILON",
    "sdxl-refiner, SDXL_REFINER, EPSILON",
    "sdxl-v, SDXL, V_PREDICTION",
    "ssd, SDXL, EPSILON",
    "ip2p, SD1, EPSILON",
    "sdxl-inpaint, SDXL, EPSILON",
    "sd2-inpaint, SD2, EPSILON"
  })
  void checkpoint_tellsFamilyAndPrediction(String set, ModelFamily family, String prediction) {
    UNetFiles files = CheckpointReader.read(FamilyFiles.checkpoint(set, folder));
    assertThat(files.checkpoint().family()).isEqualTo(family);
    assertThat(files.checkpoint().predictionType().name()).isEqualTo(prediction);
    assertThat(files.levels().kind())
        .isEqualTo(
            set.equals("sdxl-v")
                ? TrainedLevels.Kind.ZERO_TERMINAL_SNR
                : TrainedLevels.Kind.SCALED_LINEAR);
    assertThat(files.checkpoint().signs()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "sd2, a",
    "sd2, b",
    "sdxl, a",
    "sdxl, b",
    "sdxl-refiner, a",
    "sdxl-refiner, b",
    "ssd, a",
    "ssd, b",
    "ip2p, a",
    "ip2p, b",
    "sdxl-inpaint, a",
    "sdxl-inpaint, b",
    "sd2-inpaint, a",
    "sd2-inpaint, b"
  })
  void unet_goldenLatents_agrees(String set, String name) {
    TensorFile golden = FamilyFiles.golden(set, "golden");
    String prefix = "unet." + name + ".";
    try (Networks networks = open(set);
        NDManager scope = networks.torch().scope()) {
      int rows = (int) shape(golden, prefix + "sample")[0];
      AddedConditions added =
          golden.find(prefix + "time_ids").isEmpty()
              ? AddedConditions.none(rows, scope)
              : FamilyFiles.added(golden, prefix, networks.unet().config().vectorWidth(), scope);
      NDArray noise =
          networks
              .unet()
              .predict(
                  new UNet.Input(
                      tensor(golden, prefix + "sample", scope),
                      tensor(golden, prefix + "timestep", scope),
                      tensor(golden, prefix + "context", scope),
                      added,
                      Residuals.NONE),
                  scope);
      assertCloseToScale(noise.toFloatArray(), floats(golden, prefix + "out"), TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({"sd2", "sdxl"})
  void vae_goldenPicture_agrees(String set) {
    TensorFile golden = FamilyFiles.golden(set, "golden");
    try (Networks networks = open(set);
        NDManager scope = networks.torch().scope()) {
      NDArray moments = networks.vae().encode(tensor(golden, "vae.image", scope), scope);
      assertCloseToScale(moments.toFloatArray(), floats(golden, "vae.moments"), TOLERANCE);
      NDArray pixels = networks.vae().decode(tensor(golden, "vae.latent", scope), scope);
      assertCloseToScale(pixels.toFloatArray(), floats(golden, "vae.decoded"), TOLERANCE);
    }
  }

  @Test
  void textEncoder_ofSd2_agrees() {
    TensorFile golden = FamilyFiles.golden("sd2", "golden");
    try (Networks networks = open("sd2");
        NDManager scope = networks.torch().scope()) {
      assertStates(networks, 0, golden, "text.input_ids_small", "text.penultimate_ln", scope);
    }
  }

  @Test
  void textEncoders_ofSdxl_agree() {
    TensorFile golden = FamilyFiles.golden("sdxl", "golden");
    try (Networks networks = open("sdxl");
        NDManager scope = networks.torch().scope()) {
      assertStates(networks, 0, golden, "text1.input_ids_small", "text1.hidden.4", scope);
      TextEncoder.Encoded second =
          assertStates(networks, 1, golden, "text2.input_ids_small", "text2.hidden.3", scope);
      assertCloseToScale(
          second.pooled().orElseThrow().toFloatArray(), floats(golden, "pooled"), TOLERANCE);
    }
  }

  @Test
  void textEncoder_ofRefiner_agrees() {
    TensorFile golden = FamilyFiles.golden("sdxl-refiner", "golden");
    try (Networks networks = open("sdxl-refiner");
        NDManager scope = networks.torch().scope()) {
      TextEncoder.Encoded encoded =
          assertStates(networks, 0, golden, "text.input_ids_small", "text.hidden.3", scope);
      assertCloseToScale(
          encoded.pooled().orElseThrow().toFloatArray(),
          floats(golden, "text.text_embeds"),
          TOLERANCE);
    }
  }

  private static TextEncoder.Encoded assertStates(
      Networks networks,
      int encoder,
      TensorFile golden,
      String ids,
      String states,
      NDManager scope) {
    TextEncoder text = networks.textEncoders().get(encoder);
    ClipConfig.Reading reading = text.config().reading();
    TextEncoder.Encoded encoded = text.encode(ids(golden, ids), reading.skip(), scope);
    assertCloseToScale(encoded.states().toFloatArray(), floats(golden, states), TOLERANCE);
    return encoded;
  }

  private static Networks open(String set) {
    return Networks.load(
        CheckpointReader.read(FamilyFiles.checkpoint(set, folder)), Precision.FLOAT32, "cpu");
  }

  private static NDArray tensor(TensorFile golden, String name, NDManager scope) {
    return Torch.floats(scope, floats(golden, name), shape(golden, name));
  }
}
