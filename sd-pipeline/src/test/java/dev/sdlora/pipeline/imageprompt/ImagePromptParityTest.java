package dev.sdlora.pipeline.imageprompt;

import static dev.sdlora.tensorkit.GoldenTensors.floats;
import static dev.sdlora.tensorkit.GoldenTensors.shape;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Precision;
import dev.sdlora.api.image.ImagePrompt.EmbedsScaling;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.auxiliary.ImageAdapterReader;
import dev.sdlora.families.checkpoint.auxiliary.VisionReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.ImageKeys;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.control.ImageAdapter;
import dev.sdlora.families.network.control.ImageAdapterConfig;
import dev.sdlora.families.network.control.VisionConfig;
import dev.sdlora.families.network.control.VisionEncoder;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares vision encoders, IP-Adapters and U-Nets with them to diffusers in float64. */
class ImagePromptParityTest {
  private static final double TOLERANCE = 2e-5;

  /**
   * One unit in the last place of the sample changes the noise of this network for SD 1.x by up to
   * 3.4e-5, so that is what kernels other than those of the golden may differ by.
   */
  private static final double NOISE_TOLERANCE = 1e-4;

  private static final double WEIGHT = 0.7;
  private static final double[] MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] DEVIATION = {0.26862954, 0.26130258, 0.27577711};
  private static final TensorFile GOLDEN = Fixtures.familyGolden("imageprompt/golden");

  @TempDir static Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"image_encoder", "image_encoder_open_clip"})
  void visionEncoder_ofBothNames_givesTheGoldenStates(String name) {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      NetworkFile<VisionConfig> file =
          VisionReader.read(Fixtures.familyGolden("imageprompt/" + name));
      try (LiveWeights weights =
          LiveWeights.load(torch, new TensorLoader(torch), file.weights(), ScalarType.FLOAT32)) {
        VisionEncoder encoder = new VisionEncoder(torch, file.config(), weights);
        int side = file.config().side();
        NDArray pixels = normalised("pixels", side, scope);
        NDArray none = Torch.floats(scope, new float[3 * side * side], 1, 3, side, side);
        assertCloseToScale(
            encoder.pooled(pixels, scope).toFloatArray(), floats(GOLDEN, "pooled"), TOLERANCE);
        assertCloseToScale(
            encoder.states(pixels, scope).toFloatArray(), floats(GOLDEN, "states"), TOLERANCE);
        assertCloseToScale(
            encoder.states(none, scope).toFloatArray(), floats(GOLDEN, "zero.states"), TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sd1, plain, ip-adapter-sd1",
    "sd1, plus, ip-adapter-plus-sd1",
    "sd1, full, ip-adapter-full-sd1",
    "sdxl, plain, ip-adapter-sdxl"
  })
  void adapter_goldenImage_givesTheGoldenTokensAndNoise(String set, String kind, String name) {
    try (Networks networks =
            Networks.load(
                CheckpointReader.read(FamilyFiles.checkpoint(set, folder)),
                Precision.FLOAT32,
                "cpu");
        NDManager scope = networks.torch().scope()) {
      NetworkFile<ImageAdapterConfig> file =
          ImageAdapterReader.read(Fixtures.familyGolden("imageprompt/" + name));
      assertThat(file.config().fits(networks.unet().config())).isTrue();
      try (LiveWeights weights =
          LiveWeights.load(
              networks.torch(), networks.loader(), file.weights(), ScalarType.FLOAT32)) {
        ImageAdapter adapter = new ImageAdapter(networks.torch(), file.config(), weights);
        NDArray seen = tensor(kind.equals("plain") ? "pooled" : "states", scope);
        NDArray unseen = kind.equals("plain") ? seen.zerosLike() : tensor("zero.states", scope);
        NDArray with = adapter.tokens(seen, scope);
        NDArray without = adapter.tokens(unseen, scope);
        String prefix = set + "." + kind;
        float[] golden = floats(GOLDEN, prefix + ".tokens");
        int half = golden.length / 2;
        assertCloseToScale(without.toFloatArray(), Arrays.copyOfRange(golden, 0, half), TOLERANCE);
        assertCloseToScale(
            with.toFloatArray(), Arrays.copyOfRange(golden, half, 2 * half), TOLERANCE);
        Map<String, NDArray> keys = new LinkedHashMap<>();
        put(keys, networks, name, 0, WEIGHT, seen, unseen, scope);
        AddedConditions added =
            set.equals("sdxl")
                ? FamilyFiles.added(GOLDEN, "sdxl.", networks.unet().config().vectorWidth(), scope)
                : AddedConditions.none(2, scope);
        NDArray noise =
            networks
                .unet()
                .predict(
                    new UNet.Input(
                        tensor(set + ".sample", scope),
                        tensor(set + ".timestep", scope),
                        tensor(set + ".context", scope),
                        added.with(new ImageKeys(List.of(0), keys)),
                        Residuals.NONE),
                    scope);
        assertCloseToScale(noise.toFloatArray(), floats(GOLDEN, prefix + ".out"), NOISE_TOLERANCE);
      }
    }
  }

  /** The plain adapter reads two images at 0.7, Plus one at 0.4. */
  @Test
  void adapters_twoAtOnceWithTwoImages_giveTheGoldenNoise() {
    try (Networks networks =
            Networks.load(
                CheckpointReader.read(FamilyFiles.checkpoint("sd1", folder)),
                Precision.FLOAT32,
                "cpu");
        NDManager scope = networks.torch().scope()) {
      NDArray pooled = tensor("pooled", scope);
      NDArray two = pooled.concat(pooled(networks, "tall.pixels", scope));
      Map<String, NDArray> keys = new LinkedHashMap<>();
      put(keys, networks, "ip-adapter-sd1", 0, 0.7, two, two.zerosLike(), scope);
      put(
          keys,
          networks,
          "ip-adapter-plus-sd1",
          1,
          0.4,
          tensor("states", scope),
          tensor("zero.states", scope),
          scope);
      NDArray noise =
          networks
              .unet()
              .predict(
                  new UNet.Input(
                      tensor("sd1.sample", scope),
                      tensor("sd1.timestep", scope),
                      tensor("sd1.context", scope),
                      AddedConditions.none(2, scope).with(new ImageKeys(List.of(0, 1), keys)),
                      Residuals.NONE),
                  scope);
      assertCloseToScale(noise.toFloatArray(), floats(GOLDEN, "sd1.both.out"), NOISE_TOLERANCE);
    }
  }

  private static NDArray pooled(Networks networks, String pixels, NDManager scope) {
    NetworkFile<VisionConfig> file =
        VisionReader.read(Fixtures.familyGolden("imageprompt/image_encoder"));
    try (LiveWeights weights =
        LiveWeights.load(networks.torch(), networks.loader(), file.weights(), ScalarType.FLOAT32)) {
      return new VisionEncoder(networks.torch(), file.config(), weights)
          .pooled(normalised(pixels, file.config().side(), scope), scope);
    }
  }

  private static void put(
      Map<String, NDArray> keys,
      Networks networks,
      String name,
      int number,
      double weight,
      NDArray seen,
      NDArray unseen,
      NDManager scope) {
    NetworkFile<ImageAdapterConfig> file =
        ImageAdapterReader.read(Fixtures.familyGolden("imageprompt/" + name));
    try (LiveWeights weights =
        LiveWeights.load(networks.torch(), networks.loader(), file.weights(), ScalarType.FLOAT32)) {
      ImageAdapter adapter = new ImageAdapter(networks.torch(), file.config(), weights);
      List<String> layers = ImageAdapterConfig.layersOf(networks.unet().config());
      double[] factors = new double[layers.size()];
      Arrays.fill(factors, weight);
      int width = file.config().textWidth();
      List<NDArray> first =
          adapter.keys(
              adapter.tokens(unseen, scope).reshape(1, -1, width),
              factors,
              EmbedsScaling.V_ONLY,
              scope);
      List<NDArray> second =
          adapter.keys(
              adapter.tokens(seen, scope).reshape(1, -1, width),
              factors,
              EmbedsScaling.V_ONLY,
              scope);
      for (int i = 0; i < layers.size(); i++) {
        keys.put(
            layers.get(i) + ".image_keys." + number, first.get(2 * i).concat(second.get(2 * i)));
        keys.put(
            layers.get(i) + ".image_values." + number,
            first.get(2 * i + 1).concat(second.get(2 * i + 1)));
      }
    }
  }

  /** Returns recorded pixels as the encoder reads them. */
  private static NDArray normalised(String name, int side, NDManager scope) {
    float[] bytes = floats(GOLDEN, name);
    assertThat(bytes).hasSize(side * side * 3);
    float[] planes = new float[bytes.length];
    for (int i = 0; i < planes.length; i++) {
      int c = i % 3;
      planes[c * side * side + i / 3] = (float) ((bytes[i] / 255.0 - MEAN[c]) / DEVIATION[c]);
    }
    return Torch.floats(scope, planes, 1, 3, side, side);
  }

  private static NDArray tensor(String name, NDManager scope) {
    return Torch.floats(scope, floats(GOLDEN, name), shape(GOLDEN, name));
  }
}
