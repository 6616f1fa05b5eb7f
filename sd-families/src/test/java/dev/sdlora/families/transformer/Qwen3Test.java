package dev.sdlora.families.transformer;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.testkit.TinyTransformers;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares states of Qwen3 to those of transformers in float64. */
class Qwen3Test {
  private static final StoredNetwork FILE =
      StoredNetwork.open(TinyTransformers.kleinFolder().resolve("text_encoder/model.safetensors"));
  private static final StoredNetwork GOLDEN = StoredNetwork.open("qwen3/golden.safetensors");
  private static final StoredIntegers INTEGERS = StoredIntegers.open("qwen3/golden.safetensors");
  private static final Qwen3Config CONFIG = Qwen3Config.of(FILE.shapes(), Qwen3Config.THETA);
  private static final int LENGTH = 24;
  private static final List<Integer> KLEIN = List.of(2, 4, 6);

  /** Five times the difference of transformers' own float32. */
  private static final double TOLERANCE = 1e-5;

  private static Torch torch;
  private static Qwen3 encoder;

  @BeforeAll
  static void open() {
    torch = Torch.open("cpu");
    LiveWeights weights = FILE.load(torch, CONFIG.weights(8), ScalarType.FLOAT32, Map.of());
    encoder = new Qwen3(torch, CONFIG, weights);
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  @Test
  void of_shapes_tellsAllDimensions() {
    assertThat(CONFIG).isEqualTo(new Qwen3Config(48, 4, 2, 16, 104, 8, 1000, 1e6));
    Map<String, List<Long>> all = new LinkedHashMap<>(FILE.shapes());
    all.remove("model.norm.weight");
    assertThat(CONFIG.weights(8)).isEqualTo(all);
    assertThat(CONFIG.weights(6)).hasSize(1 + 6 * 11);
  }

  @Test
  void of_missingWeight_namesIt() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>(FILE.shapes());
    shapes.remove("model.layers.0.self_attn.k_proj.weight");
    assertThatThrownBy(() -> Qwen3Config.of(shapes, 1e6))
        .hasMessage("weight 'model.layers.0.self_attn.k_proj.weight' of Qwen3 is missing");
    shapes.put("model.layers.0.self_attn.k_proj.weight", List.of(33L, 48L));
    assertThatThrownBy(() -> Qwen3Config.of(shapes, 1e6))
        .hasMessage(
            "weight 'model.layers.0.self_attn.k_proj.weight' of Qwen3 has 33 rows, expected a"
                + " multiple of the head width 16");
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void states_paddedText_isTransformers(int row) {
    float[] context = GOLDEN.floats("klein.context");
    float[] expected = part(context, row);
    assertCloseToScale(klein(encoder, row), expected, TOLERANCE);
  }

  /** Without the mask, padding differs by far more than the tolerance. */
  @ParameterizedTest
  @CsvSource({"0", "1"})
  void states_paddingAsText_isTransformersWithoutMask(int row) {
    float[] expected = part(GOLDEN.floats("klein.context_without_mask"), row);
    int[] ids = row(ids("klein.input_ids"), row, LENGTH);
    assertCloseToScale(states(encoder, ids, LENGTH, KLEIN), expected, TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "2", "4", "6", "7"})
  void states_anyLayer_isTransformers(int layer) {
    float[] all = GOLDEN.floats("klein.hidden." + layer);
    for (int row = 0; row < 2; row++) {
      int[] ids = row(ids("klein.input_ids"), row, LENGTH);
      float[] actual = states(encoder, ids, real(row), List.of(layer));
      assertCloseToScale(actual, part(all, row), TOLERANCE);
    }
  }

  /** transformers applies the final norm to the states of the last layer only. */
  @Test
  void states_lastLayer_carryNoFinalNorm() {
    int width = CONFIG.width();
    float[] gains = FILE.floats("model.norm.weight");
    float[] actual = states(encoder, row(ids("klein.input_ids"), 0, LENGTH), real(0), List.of(8));
    for (int i = 0; i < LENGTH; i++) {
      double squares = 0;
      for (int c = 0; c < width; c++) {
        squares += Math.pow(actual[i * width + c], 2);
      }
      for (int c = 0; c < width; c++) {
        actual[i * width + c] *= (float) (gains[c] / Math.sqrt(squares / width + 1e-6));
      }
    }
    assertCloseToScale(actual, part(GOLDEN.floats("klein.hidden.8"), 0), TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void states_textAlone_isTransformers(int text) {
    int[] ids = ids("zimage." + text + ".input_ids");
    float[] expected = GOLDEN.floats("zimage." + text + ".context");
    assertCloseToScale(states(encoder, ids, ids.length, List.of(7)), expected, TOLERANCE);
  }

  @Test
  void states_longText_isTransformers() {
    int[] ids = ids("long.input_ids");
    float[] all = states(encoder, ids, ids.length, List.of(7));
    int[] places = {0, 1, 100, 511, 599};
    float[] actual = new float[places.length * CONFIG.width()];
    for (int i = 0; i < places.length; i++) {
      System.arraycopy(all, places[i] * CONFIG.width(), actual, i * CONFIG.width(), CONFIG.width());
    }
    assertCloseToScale(actual, GOLDEN.floats("long.hidden.7.at"), 4 * TOLERANCE);
  }

  @Test
  void states_layersInAnyOrder_areConcatenatedInIt() {
    int[] ids = ids("zimage.1.input_ids");
    float[] first = states(encoder, ids, ids.length, List.of(5));
    float[] second = states(encoder, ids, ids.length, List.of(0));
    float[] both = states(encoder, ids, ids.length, List.of(5, 0));
    int width = CONFIG.width();
    for (int i = 0; i < ids.length; i++) {
      assertThat(Arrays.copyOfRange(both, 2 * i * width, (2 * i + 1) * width))
          .isEqualTo(Arrays.copyOfRange(first, i * width, (i + 1) * width));
      assertThat(Arrays.copyOfRange(both, (2 * i + 1) * width, (2 * i + 2) * width))
          .isEqualTo(Arrays.copyOfRange(second, i * width, (i + 1) * width));
    }
  }

  @Test
  void states_onlyLayersThatAreRead_needNoOthers() {
    try (LiveWeights some = FILE.load(torch, CONFIG.weights(6), ScalarType.FLOAT32, Map.of())) {
      assertThat(klein(new Qwen3(torch, CONFIG, some), 0)).isEqualTo(klein(encoder, 0));
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, true, 1e-5", "BFLOAT16, true, 0.05", "BFLOAT16, false, 0.05"})
  void states_otherWeights_areNear(ScalarType type, boolean pack, double tolerance) {
    assumeTrue(!pack || Packer.isSupported(torch, type), "this libtorch has no packed layouts");
    try (LiveWeights weights =
        FILE.load(torch, CONFIG.weights(6), type, pack ? Qwen3.packings(CONFIG, 6) : Map.of())) {
      for (int row = 0; row < 2; row++) {
        assertCloseToScale(
            klein(new Qwen3(torch, CONFIG, weights), row),
            part(GOLDEN.floats("klein.context"), row),
            tolerance);
      }
    }
  }

  /** The factors cancel a weight, so the result is that of a weight of zeros. */
  @ParameterizedTest
  @CsvSource({
    "self_attn.q_proj, false",
    "self_attn.v_proj, true",
    "mlp.gate_proj, false",
    "mlp.gate_proj, true",
    "mlp.up_proj, true",
    "mlp.down_proj, true"
  })
  void reading_loraThatCancelsAWeight_isTheZeroWeight(String layer, boolean packed) {
    assumeTrue(
        !packed || Packer.isSupported(torch, ScalarType.FLOAT32),
        "this libtorch has no packed layouts");
    String module = "model.layers.3." + layer;
    try (NDManager scope = torch.scope();
        LiveWeights weights =
            FILE.load(
                torch,
                CONFIG.weights(6),
                ScalarType.FLOAT32,
                packed ? Qwen3.packings(CONFIG, 6) : Map.of())) {
      Map<String, NDArray> zero = new LinkedHashMap<>(encoder.weights().entries());
      zero.put(module + ".weight", FILE.tensor(module + ".weight", scope).mul(0));
      Map<String, NDArray> cancelled = new LinkedHashMap<>(weights.entries());
      cancelled.put(module + ".lora_down.weight", FILE.tensor(module + ".weight", scope));
      cancelled.put(
          module + ".lora_up.weight",
          scope.eye((int) FILE.tensor(module + ".weight", scope).getShape().get(0)));
      cancelled.put(module + ".lora_scale", Torch.floats(scope, new float[] {-1}, 1));
      try (TensorDict expected = TensorDict.of(zero);
          TensorDict actual = TensorDict.of(cancelled)) {
        Qwen3 other = new Qwen3(torch, CONFIG, weights);
        assertCloseToScale(
            klein(other.reading(() -> actual), 0),
            klein(encoder.reading(() -> expected), 0),
            TOLERANCE);
      }
    }
  }

  @Test
  void states_outsideTheRanges_areRefused() {
    assertThatThrownBy(() -> states(encoder, new int[] {1, 2}, 3, List.of(1)))
        .hasMessage("3 real tokens of 2, expected 1 to 2");
    assertThatThrownBy(() -> states(encoder, new int[] {1, 2}, 2, List.of(1, 9)))
        .hasMessage("states after layers [1, 9], expected at least one from 0 to 8");
    assertThatThrownBy(() -> states(encoder, new int[] {1, 1000}, 2, List.of(1)))
        .hasMessageStartingWith("token ids 1 to 1000, expected ids from 0 to 999");
  }

  private static float[] klein(Qwen3 some, int row) {
    return states(some, row(ids("klein.input_ids"), row, LENGTH), real(row), KLEIN);
  }

  private static float[] states(Qwen3 some, int[] ids, int real, List<Integer> layers) {
    try (NDManager scope = torch.scope()) {
      return some.states(ids, real, layers, scope).toFloatArray();
    }
  }

  private static int real(int row) {
    return Arrays.stream(row(ids("klein.mask"), row, LENGTH)).sum();
  }

  private static float[] part(float[] both, int row) {
    int half = both.length / 2;
    return Arrays.copyOfRange(both, row * half, (row + 1) * half);
  }

  private static int[] row(int[] all, int row, int length) {
    return Arrays.copyOfRange(all, row * length, (row + 1) * length);
  }

  private static int[] ids(String name) {
    return INTEGERS.of(name);
  }
}
