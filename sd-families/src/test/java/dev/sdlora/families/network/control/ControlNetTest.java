package dev.sdlora.families.network.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.checkpoint.auxiliary.ControlNetReader;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of ControlNets made of a U-Net's own encoder, whose outputs are known. */
class ControlNetTest {
  private static final UNetConfig UNET =
      new UNetConfig(4, 4, List.of(32, 64), 2, List.of(1, 0), 1, 8, 24, false);
  private static final ControlNetConfig CONFIG = new ControlNetConfig(UNET, List.of(4, 6, 8, 10));
  private static final String HINT = "controlnet_cond_embedding.";

  @TempDir private Path folder;
  private final List<LiveWeights> loaded = new ArrayList<>();
  private Torch torch;
  private NDManager scope;
  private RandomWeights unetWeights;
  private RandomWeights weights;
  private UNet unet;

  @BeforeEach
  void open() {
    torch = Torch.open("cpu");
    scope = torch.scope();
    unetWeights = new RandomWeights(UNET.weights(), 1);
    unet = new UNet(torch, UNET, keep(unetWeights.load(torch, folder.resolve("unet"))));
    weights = new RandomWeights(CONFIG.weights(), 2);
    for (String name : CONFIG.weights().keySet()) {
      if (UNET.weights().containsKey(name)) {
        float[] copy = unetWeights.of(name);
        System.arraycopy(copy, 0, weights.of(name), 0, copy.length);
      }
    }
  }

  @AfterEach
  void close() {
    scope.close();
    loaded.forEach(LiveWeights::close);
    torch.close();
  }

  private LiveWeights keep(LiveWeights each) {
    loaded.add(each);
    return each;
  }

  private ControlNet controlNet() {
    return new ControlNet(torch, CONFIG, keep(weights.load(torch, folder.resolve("control"))));
  }

  private static String output(int index) {
    return index == CONFIG.outputs() - 1
        ? "controlnet_mid_block"
        : "controlnet_down_blocks." + index;
  }

  /** Makes every output a multiple of the block's output. */
  private void identities() {
    for (int i = 0; i < CONFIG.outputs(); i++) {
      float[] bias = weights.of(output(i) + ".bias");
      float[] matrix = weights.of(output(i) + ".weight");
      Arrays.fill(bias, 0);
      Arrays.fill(matrix, 0);
      for (int c = 0; c < bias.length; c++) {
        matrix[c * bias.length + c] = 1;
      }
    }
  }

  private void withoutHint() {
    Arrays.fill(weights.of(HINT + "conv_out.weight"), 0);
    Arrays.fill(weights.of(HINT + "conv_out.bias"), 0);
  }

  private NDArray latents(long seed) {
    return Torch.floats(scope, Planes.random(8, 10, 7, seed).floats(), 2, 4, 10, 7);
  }

  private NDArray times() {
    return Torch.floats(scope, new float[] {700, 700}, 2);
  }

  private NDArray nothing() {
    return Torch.floats(scope, new float[0], 2, 0);
  }

  private NDArray context() {
    return Torch.floats(scope, Planes.random(2, 5, 24, 8).floats(), 2, 5, 24);
  }

  private NDArray image() {
    float[] pixels = new float[3 * 80 * 56];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i * 37 % 101) / 100f;
    }
    return Torch.floats(scope, pixels, 1, 3, 80, 56);
  }

  private NDArray scales(double first, double second) {
    float[] scales = new float[2 * CONFIG.outputs()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) (i % 2 == 0 ? first : second);
    }
    return Torch.floats(scope, scales, CONFIG.outputs(), 2);
  }

  private List<NDArray> residuals(ControlNet net, long latents, NDArray scales) {
    NDArray hint = net.hint(image(), scope);
    return net.residuals(latents(latents), times(), context(), nothing(), hint, scales, scope);
  }

  private float[] predict(long latents, List<NDArray> residuals) {
    return unet.predict(
            latents(latents), times(), context(), new Residuals(residuals, List.of()), scope)
        .toFloatArray();
  }

  @Test
  void residuals_zeroConvolutions_changeNoBit() {
    for (int i = 0; i < CONFIG.outputs(); i++) {
      Arrays.fill(weights.of(output(i) + ".weight"), 0);
      Arrays.fill(weights.of(output(i) + ".bias"), 0);
    }
    List<NDArray> residuals = residuals(controlNet(), 3, scales(1, 1));
    assertThat(residuals).hasSize(7);
    assertThat(predict(3, residuals)).isEqualTo(predict(3, List.of()));
  }

  @Test
  void residuals_constantOutputs_areTheseTimesTheScale() {
    for (int i = 0; i < CONFIG.outputs(); i++) {
      Arrays.fill(weights.of(output(i) + ".weight"), 0);
      Arrays.fill(weights.of(output(i) + ".bias"), i + 1);
    }
    List<NDArray> residuals = residuals(controlNet(), 3, scales(0.5, 2));
    List<Integer> skips = UNET.skips();
    assertThat(skips).containsExactly(32, 32, 32, 32, 64, 64);
    for (int i = 0; i < residuals.size(); i++) {
      long[] shape = residuals.get(i).getShape().getShape();
      assertThat(shape[1]).isEqualTo(i < skips.size() ? skips.get(i) : 64);
      float[] values = residuals.get(i).toFloatArray();
      float[] expected = new float[values.length];
      Arrays.fill(expected, 0, values.length / 2, 0.5f * (i + 1));
      Arrays.fill(expected, values.length / 2, values.length, 2f * (i + 1));
      assertThat(values).isEqualTo(expected);
    }
  }

  @Test
  void residuals_minusTheUNetsOwnOutputs_leaveNothingOfTheLatents() {
    identities();
    withoutHint();
    ControlNet net = controlNet();
    float[] one = predict(3, residuals(net, 3, scales(-1, -1)));
    assertThat(predict(4, residuals(net, 4, scales(-1, -1)))).isEqualTo(one);
    assertThat(predict(4, List.of())).isNotEqualTo(predict(3, List.of()));
  }

  @Test
  void residuals_ofSeveral_addUp() {
    ControlNet net = controlNet();
    List<NDArray> half = residuals(net, 3, scales(0.5, 0.5));
    List<NDArray> twice = new ArrayList<>(half);
    twice.addAll(half);
    assertClose(predict(3, twice), predict(3, residuals(net, 3, scales(1, 1))));
    assertThat(predict(3, half)).isNotEqualTo(predict(3, twice));
  }

  @Test
  void hint_picture_equalsPlainJavaAndActs() {
    ControlNet net = controlNet();
    NDArray hint = net.hint(image(), scope);
    float[] pixels = image().toFloatArray();
    double[] values = new double[pixels.length];
    Arrays.setAll(values, i -> pixels[i]);
    Planes h = silu(conv(new Planes(values, 3, 80, 56), "conv_in", 1));
    for (int i = 0; i < 6; i++) {
      h = silu(conv(h, "blocks." + i, i % 2 == 0 ? 1 : 2));
    }
    assertClose(hint.toFloatArray(), conv(h, "conv_out", 1).floats());

    List<NDArray> with =
        net.residuals(latents(3), times(), context(), nothing(), hint, scales(1, 1), scope);
    List<NDArray> without =
        net.residuals(latents(3), times(), context(), nothing(), hint.mul(0), scales(1, 1), scope);
    assertThat(predict(3, with)).isNotEqualTo(predict(3, without));
  }

  private Planes conv(Planes x, String layer, int stride) {
    return x.conv(weights.of(HINT + layer + ".weight"), weights.of(HINT + layer + ".bias"), stride);
  }

  private static Planes silu(Planes x) {
    return x.map(v -> v / (1 + Math.exp(-v)));
  }

  @Test
  void tiling_inputMovedRound_movesTheOutput() {
    UNet seamless = unet.tiling(Tiling.BOTH);
    Planes latent = Planes.random(4, 8, 6, 3);
    Planes moved = latent.rolled(2, 4);
    float[] expected = planes(seamless, latent).rolled(2, 4).floats();
    assertClose(planes(seamless, moved).floats(), expected);
    assertThat(planes(unet, moved).floats())
        .isNotEqualTo(planes(unet, latent).rolled(2, 4).floats());
  }

  private Planes planes(UNet network, Planes latent) {
    float[] noise =
        network
            .predict(
                Torch.floats(scope, latent.floats(), 1, 4, 8, 6),
                Torch.floats(scope, new float[] {300}, 1),
                Torch.floats(scope, Planes.random(1, 5, 24, 8).floats(), 1, 5, 24),
                scope)
            .toFloatArray();
    double[] values = new double[noise.length];
    Arrays.setAll(values, i -> noise[i]);
    return new Planes(values, 4, 8, 6);
  }

  /** The naming schemes of such files. */
  enum Layout {
    DIFFUSERS(""),
    ORIGINAL("control_model."),
    BARE("");

    private final String prefix;

    Layout(String prefix) {
      this.prefix = prefix;
    }

    /** Returns the name of a weight of this test's network. */
    String of(String name) {
      if (this == DIFFUSERS) {
        return name;
      }
      return prefix
          + name.replaceFirst("^conv_in", "input_blocks.0.0")
              .replaceFirst("^time_embedding\\.linear_1", "time_embed.0")
              .replaceFirst("^time_embedding\\.linear_2", "time_embed.2")
              .replaceFirst("^down_blocks\\.0\\.downsamplers\\.0\\.conv", "input_blocks.3.0.op")
              .replaceFirst("^down_blocks\\.0\\.resnets\\.0", "input_blocks.1.0")
              .replaceFirst("^down_blocks\\.0\\.resnets\\.1", "input_blocks.2.0")
              .replaceFirst("^down_blocks\\.0\\.attentions\\.0", "input_blocks.1.1")
              .replaceFirst("^down_blocks\\.0\\.attentions\\.1", "input_blocks.2.1")
              .replaceFirst("^down_blocks\\.1\\.resnets\\.0", "input_blocks.4.0")
              .replaceFirst("^down_blocks\\.1\\.resnets\\.1", "input_blocks.5.0")
              .replaceFirst("^mid_block\\.resnets\\.0", "middle_block.0")
              .replaceFirst("^mid_block\\.attentions\\.0", "middle_block.1")
              .replaceFirst("^mid_block\\.resnets\\.1", "middle_block.2")
              .replaceFirst("\\.norm1\\.(weight|bias)$", ".in_layers.0.$1")
              .replaceFirst("\\.conv1\\.", ".in_layers.2.")
              .replaceFirst("\\.time_emb_proj\\.", ".emb_layers.1.")
              .replaceFirst("\\.norm2\\.(weight|bias)$", ".out_layers.0.$1")
              .replaceFirst("\\.conv2\\.", ".out_layers.3.")
              .replaceFirst("\\.conv_shortcut\\.", ".skip_connection.")
              .replaceFirst("(transformer_blocks\\.0)\\.in_layers\\.0", "$1.norm1")
              .replaceFirst("(transformer_blocks\\.0)\\.out_layers\\.0", "$1.norm2")
              .replaceFirst("^controlnet_cond_embedding\\.conv_in", "input_hint_block.0")
              .replaceFirst("^controlnet_cond_embedding\\.blocks\\.0", "input_hint_block.2")
              .replaceFirst("^controlnet_cond_embedding\\.blocks\\.1", "input_hint_block.4")
              .replaceFirst("^controlnet_cond_embedding\\.blocks\\.2", "input_hint_block.6")
              .replaceFirst("^controlnet_cond_embedding\\.blocks\\.3", "input_hint_block.8")
              .replaceFirst("^controlnet_cond_embedding\\.blocks\\.4", "input_hint_block.10")
              .replaceFirst("^controlnet_cond_embedding\\.blocks\\.5", "input_hint_block.12")
              .replaceFirst("^controlnet_cond_embedding\\.conv_out", "input_hint_block.14")
              .replaceFirst("^controlnet_down_blocks\\.(\\d+)", "zero_convs.$1.0")
              .replaceFirst("^controlnet_mid_block", "middle_block_out.0");
    }
  }

  @ParameterizedTest
  @EnumSource
  void read_everyLayout_findsAllWeights(Layout layout) {
    Path file = weights.write(folder.resolve("control_canny.safetensors"), layout::of);
    NetworkFile<ControlNetConfig> read =
        ControlNetReader.read(TensorFile.open(file), channels -> 8);
    assertThat(read.config()).isEqualTo(CONFIG);
    assertThat(read.name()).isEqualTo("control_canny");
    LiveWeights live =
        keep(LiveWeights.load(torch, new TensorLoader(torch), read.weights(), ScalarType.FLOAT32));
    for (String name : CONFIG.weights().keySet()) {
      assertThat(live.values(name)).as(name).isEqualTo(weights.of(name));
    }
  }

  /** A1111 and ComfyUI rename the first layer of the attention. */
  @ParameterizedTest
  @EnumSource
  void readUnion_everyLayout_findsAllWeights(Layout layout) {
    ControlNetUnionConfig config = new ControlNetUnionConfig(CONFIG, 6, 2, 4);
    RandomWeights all = new RandomWeights(config.weights(), 5);
    String attention = layout == Layout.ORIGINAL ? ".in_proj." : ".in_proj_";
    Path file =
        all.write(
            folder.resolve("union.safetensors"),
            name -> layout.of(name).replace(".in_proj.", attention));
    NetworkFile<ControlNetUnionConfig> read =
        ControlNetReader.readUnion(TensorFile.open(file), channels -> 8).orElseThrow();
    assertThat(read.config()).isEqualTo(config);
    LiveWeights live =
        keep(LiveWeights.load(torch, new TensorLoader(torch), read.weights(), ScalarType.FLOAT32));
    for (String name : config.weights().keySet()) {
      assertThat(live.values(name)).as(name).isEqualTo(all.of(name));
    }
    Path plain = weights.write(folder.resolve("plain.safetensors"), layout::of);
    assertThat(ControlNetReader.readUnion(TensorFile.open(plain), channels -> 8)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "task_embedding, 7, with 7 types of control images, expected 6 (Union) or 8 (ProMax)",
    "spatial_ch_projs.weight, 6, 'spatial_ch_projs.weight' of the ControlNet is missing"
  })
  void readUnion_damaged_saysWhatIsWrong(String name, int types, String message) {
    RandomWeights all =
        new RandomWeights(new ControlNetUnionConfig(CONFIG, types, 1, 4).weights(), 5);
    Path file =
        all.write(
            folder.resolve("union.safetensors"),
            each -> each.equals(name) && types == 6 ? "other" : each);
    assertThatThrownBy(() -> ControlNetReader.readUnion(TensorFile.open(file), channels -> 8))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("union.safetensors", message);
  }

  @Test
  void read_otherFiles_saysWhatIsWrong() {
    Path other = unetWeights.write(folder.resolve("unet.safetensors"), name -> name);
    assertThatThrownBy(() -> ControlNetReader.read(TensorFile.open(other), channels -> 8))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("unet.safetensors", "is not a ControlNet");
    Path lacking =
        weights.write(
            folder.resolve("lacking.safetensors"),
            name -> Layout.ORIGINAL.of(name).replace("zero_convs.5.0.bias", "other"));
    assertThatThrownBy(() -> ControlNetReader.read(TensorFile.open(lacking), channels -> 8))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(
            "'control_model.zero_convs.5.0.bias' of the ControlNet is missing", "[64]");
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(2e-5 * largest));
    }
  }
}
