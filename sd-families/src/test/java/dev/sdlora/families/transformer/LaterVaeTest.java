package dev.sdlora.families.transformer;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.SingleFileNames;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.network.vae.Vae;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.network.vae.VaePacking;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.testkit.TinyTransformers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the autoencoders of later families to diffusers in float64. */
class LaterVaeTest {
  /** diffusers' own float32 differs by 4e-6 to 6e-6. */
  private static final double TOLERANCE = 2e-5;

  private static final StoredNetwork FILE =
      StoredNetwork.open(
          TinyTransformers.kleinFolder().resolve("vae/diffusion_pytorch_model.safetensors"));
  private static final StoredNetwork GOLDEN = StoredNetwork.open("flux2/golden.safetensors");
  private static final ImageSize SIZE = new ImageSize(96, 64);
  private static final VaeConfig CONFIG =
      new VaeConfig(
          List.of(32, 32, 32, 32),
          2,
          32,
          LatentFormat.normalisedBy(FILE.floats("bn.running_mean"), FILE.floats("bn.running_var")));

  private static Torch torch;
  private static Vae plain;

  @BeforeAll
  static void open() {
    torch = Torch.open("cpu");
    plain = vae(Map.of());
  }

  private static Vae vae(Map<String, Packing> packings) {
    LiveWeights encoder = half(packings, true);
    return new Vae(torch, CONFIG, encoder, half(packings, false));
  }

  private static LiveWeights half(Map<String, Packing> packings, boolean encoder) {
    return FILE.load(
        torch,
        VaeConfig.half(CONFIG.weights(), encoder),
        ScalarType.FLOAT32,
        VaeConfig.half(packings, encoder));
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  @Test
  void config_countsTheSamplersPositions() {
    assertThat(CONFIG.sampledChannels()).isEqualTo(128);
    assertThat(CONFIG.sampledFactor()).isEqualTo(16);
    assertThat(CONFIG.factor()).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void encodeAndDecode_wholeAndInStrips_areDiffusers(boolean strips) {
    assertParity(strips ? plain.inStrips() : plain);
  }

  @Test
  void encodeAndDecode_packed_areDiffusers() {
    assumeTrue(Packer.isSupported(torch, ScalarType.FLOAT32));
    assertParity(vae(VaePacking.of(CONFIG)));
    assertParity(vae(VaePacking.of(CONFIG)).inStrips());
  }

  private static void assertParity(Vae vae) {
    try (NDManager scope = torch.scope();
        NDArray moments = vae.encode(GOLDEN.tensor("vae.image", scope), scope)) {
      assertCloseToScale(moments.toFloatArray(), GOLDEN.floats("vae.moments"), TOLERANCE);
      assertCloseToScale(
          vae.encode(GOLDEN.floats("vae.image"), SIZE, scope),
          GOLDEN.floats("vae.encoded"),
          TOLERANCE);
      assertCloseToScale(
          vae.decode(GOLDEN.floats("vae.latent"), SIZE, scope),
          GOLDEN.floats("vae.decoded"),
          TOLERANCE);
    }
  }

  /** The autoencoder of Stable Diffusion 3, which is built like that of FLUX.1. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void encodeAndDecode_without1x1Convolutions_areDiffusers(boolean packed) {
    assumeTrue(!packed || Packer.isSupported(torch, ScalarType.FLOAT32));
    VaeConfig config =
        new VaeConfig(List.of(32, 32, 32, 32), 2, 16, LatentFormat.shifted(0.1159, 0.3611, 16))
            .withoutQuantConvs();
    StoredNetwork golden = StoredNetwork.open("vae16/golden.safetensors");
    LiveWeights weights =
        StoredNetwork.open("vae16/vae.safetensors")
            .load(
                torch,
                config.weights(),
                SingleFileNames.vae(config),
                ScalarType.FLOAT32,
                packed ? VaePacking.of(config) : Map.of());
    Vae vae = new Vae(torch, config, weights);
    try (NDManager scope = torch.scope()) {
      float[] moments = golden.floats("vae.moments");
      NDArray encoded = vae.encode(golden.tensor("vae.image", scope), scope);
      assertCloseToScale(encoded.toFloatArray(), moments, TOLERANCE);
      NDArray decoded = vae.decode(golden.tensor("vae.latent", scope), scope);
      assertCloseToScale(decoded.toFloatArray(), golden.floats("vae.decoded"), TOLERANCE);
      float[] latent = vae.encode(golden.floats("vae.image"), new ImageSize(48, 64), scope);
      float[] expected = Arrays.copyOf(moments, moments.length / 2);
      for (int i = 0; i < expected.length; i++) {
        expected[i] = (expected[i] - 0.1159f) * 0.3611f;
      }
      assertCloseToScale(latent, expected, TOLERANCE);
    }
  }
}
