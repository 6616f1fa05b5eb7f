package dev.sdlora.families.network.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.families.checkpoint.auxiliary.T2iAdapterReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.tensorkit.Planes;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.testkit.CloseAssert;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of T2I-Adapters with random weights against plain Java, and of their effect on a U-Net. */
class T2iAdapterTest {
  @TempDir private Path folder;
  private final Torch torch = Torch.open("cpu");
  private final NDManager scope = torch.scope();

  @AfterEach
  void close() {
    scope.close();
    torch.close();
  }

  private static String name(String name, String layout) {
    if (!layout.equals("diffusers")) {
      return layout + name;
    }
    return "adapter."
        + name.replaceFirst("^body\\.2\\.in_conv", "body.1.in_conv")
            .replaceFirst("^body\\.0\\.block", "body.0.resnets.0.block")
            .replaceFirst("^body\\.1\\.block", "body.0.resnets.1.block")
            .replaceFirst("^body\\.2\\.block", "body.1.resnets.0.block")
            .replaceFirst("^body\\.3\\.block", "body.1.resnets.1.block")
            .replaceFirst("^body\\.4\\.block", "body.2.resnets.0.block")
            .replaceFirst("^body\\.5\\.block", "body.2.resnets.1.block");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 3, 8, 1",
    "adapter., 1, 8, 1",
    "'', 3, 8, 3",
    "diffusers, 3, 8, 1",
    "diffusers, 3, 16, 1",
    "'', 1, 16, 3"
  })
  void features_everyLayout_equalPlainJava(String layout, int inChannels, int side, int kernel) {
    T2iAdapterConfig config = new T2iAdapterConfig(inChannels, side, List.of(4, 6, 6), 2, kernel);
    RandomWeights weights = new RandomWeights(config.weights(), 4);
    Path file = weights.write(folder.resolve("t2i.safetensors"), name -> name(name, layout));
    NetworkFile<T2iAdapterConfig> read = T2iAdapterReader.read(TensorFile.open(file)).orElseThrow();
    assertThat(read.config()).isEqualTo(config);
    Planes picture = Planes.random(3, 40, 48, 2);
    try (LiveWeights live =
        LiveWeights.load(torch, new TensorLoader(torch), read.weights(), ScalarType.FLOAT32)) {
      List<NDArray> features =
          new T2iAdapter(torch, config, live)
              .features(Torch.floats(scope, picture.floats(), 1, 3, 40, 48), scope);
      List<Planes> expected = plain(config, weights, picture);
      assertThat(features).hasSize(3);
      for (int i = 0; i < 3; i++) {
        float[] actual = features.get(i).toFloatArray();
        assertThat(actual).hasSameSizeAs(expected.get(i).values());
        for (int k = 0; k < actual.length; k++) {
          assertThat((double) actual[k]).isCloseTo(expected.get(i).values()[k], within(2e-5));
        }
      }
    }
  }

  private static List<Planes> plain(
      T2iAdapterConfig config, RandomWeights weights, Planes picture) {
    int side = config.side();
    Planes x = picture.continued(side).unshuffled(side);
    int seen = side * side * config.inChannels();
    double[] first = Arrays.copyOf(x.values(), seen * x.height() * x.width());
    Planes h = conv(weights, new Planes(first, seen, x.height(), x.width()), "conv_in");
    List<Planes> outputs = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      if (i == 4 || (i == 2 && side == 8)) {
        h = h.halved();
      }
      if (i == 2) {
        h = conv(weights, h, "body.2.in_conv");
      }
      Planes y = conv(weights, h, "body." + i + ".block1").map(v -> Math.max(v, 0));
      h = h.plus(conv(weights, y, "body." + i + ".block2"), 1);
      if (i % 2 == 1) {
        outputs.add(h);
      }
    }
    return outputs;
  }

  private static Planes conv(RandomWeights weights, Planes x, String layer) {
    return x.conv(weights.of(layer + ".weight"), weights.of(layer + ".bias"), 1);
  }

  @Test
  void read_incompleteFile_namesTheTensor() {
    T2iAdapterConfig config = new T2iAdapterConfig(3, 8, List.of(4, 6), 2, 1);
    Path file =
        new RandomWeights(config.weights(), 4)
            .write(
                folder.resolve("t2i.safetensors"),
                name -> name.replace("body.2.in_conv.bias", "other"));
    assertThatThrownBy(() -> T2iAdapterReader.read(TensorFile.open(file)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'body.2.in_conv.bias' of the T2I-Adapter is missing");
  }

  @Test
  void unet_features_actWhereTheirLevelEnds() {
    UNetConfig config = new UNetConfig(4, 4, List.of(32, 64), 2, List.of(1, 0), 1, 8, 24, false);
    try (LiveWeights weights =
        new RandomWeights(config.weights(), 1).load(torch, folder.resolve("unet"))) {
      UNet unet = new UNet(torch, config, weights);
      NDArray middle = scope.zeros(new Shape(1));
      NDArray none = scope.zeros(new Shape(1, 32, 8, 6));
      NDArray deep = scope.ones(new Shape(1, 64, 4, 3));
      float[] plain = predict(unet, Residuals.NONE);
      assertThat(predict(unet, new Residuals(List.of(), List.of(none, deep.mul(0), middle))))
          .isEqualTo(plain);
      float[] once = predict(unet, new Residuals(List.of(), List.of(none, deep, middle)));
      assertThat(once).isNotEqualTo(plain);
      // A second adapter after the first.
      List<NDArray> two = List.of(none, deep.mul(0), middle, none, deep, middle);
      assertThat(predict(unet, new Residuals(List.of(), two))).isEqualTo(once);
      float[] shallow =
          predict(unet, new Residuals(List.of(), List.of(none.add(1), deep.mul(0), middle)));
      assertThat(shallow).isNotIn(plain, once);
    }
  }

  /**
   * A constant residual has the effect of a bias: of the downsampler in a level without
   * transformers, of the last transformer in other levels, and of the last layer in the middle
   * block.
   */
  @ParameterizedTest
  @CsvSource({
    "0, down_blocks.0.downsamplers.0.conv",
    "1, down_blocks.1.attentions.1.proj_out",
    "2, down_blocks.2.attentions.1.proj_out",
    "3, mid_block.resnets.1.conv2"
  })
  void unet_featuresForSdxl_actWhereDiffusersAddsThem(int place, String layer) {
    UNetConfig config =
        new UNetConfig(4, 4, List.of(32, 32, 64), 2, List.of(0, 1, 1), 1, 8, 24, true);
    RandomWeights weights = new RandomWeights(config.weights(), 1);
    float[] bias = weights.of(layer + ".bias");
    float[] added = new float[bias.length];
    for (int i = 0; i < bias.length; i++) {
      added[i] = (float) Math.sin(i);
    }
    List<NDArray> features = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      features.add(
          i == place
              ? Torch.floats(scope, added, 1, added.length, 1, 1)
              : Torch.floats(scope, new float[1], 1));
    }
    float[] actual;
    try (LiveWeights plain = weights.load(torch, folder.resolve("plain"))) {
      actual = predict(new UNet(torch, config, plain), new Residuals(List.of(), features));
    }
    for (int i = 0; i < bias.length; i++) {
      bias[i] += added[i];
    }
    try (LiveWeights biased = weights.load(torch, folder.resolve("biased"))) {
      float[] expected = predict(new UNet(torch, config, biased), Residuals.NONE);
      CloseAssert.assertCloseToScale(actual, expected, 2e-5);
    }
  }

  private float[] predict(UNet unet, Residuals residuals) {
    return unet.predict(
            Torch.floats(scope, Planes.random(4, 8, 6, 3).floats(), 1, 4, 8, 6),
            Torch.floats(scope, new float[] {300}, 1),
            Torch.floats(scope, Planes.random(1, 5, 24, 8).floats(), 1, 5, 24),
            residuals,
            scope)
        .toFloatArray();
  }
}
