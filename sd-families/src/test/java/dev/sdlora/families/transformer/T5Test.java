package dev.sdlora.families.transformer;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares states of T5's encoder to those of transformers in float64. */
class T5Test {
  private static final String PREFIX = "text_encoders.t5xxl.transformer.";
  private static final StoredNetwork FILE = StoredNetwork.open("text/encoders.safetensors");
  private static final StoredNetwork GOLDEN = StoredNetwork.open("text/golden.safetensors");
  private static final StoredIntegers INTEGERS = StoredIntegers.open("text/golden.safetensors");
  private static final T5Config CONFIG = T5Config.of(shapes());
  private static final int LENGTH = 16;

  /** Five times the difference of transformers' own float32. */
  private static final double TOLERANCE = 1e-5;

  private static Torch torch;
  private static T5 encoder;

  @BeforeAll
  static void open() {
    torch = Torch.open("cpu");
    encoder = new T5(torch, CONFIG, load(ScalarType.FLOAT32, false));
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  private static Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    FILE.shapes()
        .forEach(
            (name, shape) -> {
              if (name.startsWith(PREFIX)) {
                shapes.put(name.substring(PREFIX.length()), shape);
              }
            });
    return shapes;
  }

  private static LiveWeights load(ScalarType type, boolean pack) {
    return FILE.load(
        torch,
        CONFIG.weights(),
        name -> PREFIX + name,
        type,
        pack ? T5.packings(CONFIG) : Map.of());
  }

  @Test
  void of_shapes_tellsAllDimensions() {
    assertThat(CONFIG).isEqualTo(new T5Config(80, 4, 16, 160, 2, 400, 32));
    assertThat(CONFIG.weights()).isEqualTo(shapes());
    assertThat(T5.packings(CONFIG)).hasSize(14);
  }

  @Test
  void of_contradictions_areNamed() {
    String block = "encoder.block.0.layer.0.SelfAttention.";
    Map<String, List<Long>> shapes = new LinkedHashMap<>(shapes());
    shapes.put(block + "q.weight", List.of(66L, 80L));
    assertThatThrownBy(() -> T5Config.of(shapes))
        .hasMessage(
            "weight '%sq.weight' of T5 has 66 rows, expected a multiple of the number of heads, 4"
                .formatted(block));
    shapes.put(block + "relative_attention_bias.weight", List.of(30L, 4L));
    assertThatThrownBy(() -> T5Config.of(shapes))
        .hasMessageContaining("has 30 rows, expected a multiple of 4");
    shapes.remove(block + "relative_attention_bias.weight");
    assertThatThrownBy(() -> T5Config.of(shapes)).hasMessageEndingWith("of T5 is missing");
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void states_paddedText_isTransformers(int row) {
    assertCloseToScale(states(encoder, row, LENGTH), part("t5.states", row), TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void states_maskedPadding_isTransformers(int row) {
    assertCloseToScale(states(encoder, row, real(row)), part("t5.states_masked", row), TOLERANCE);
  }

  /** No token reads the padding, so fewer paddings have the same states. */
  @ParameterizedTest
  @CsvSource({"0", "1"})
  void states_onePaddingToken_isTheFirstOfMany(int row) {
    int kept = real(row) + 1;
    int[] ids = Arrays.copyOf(ids(row), kept);
    float[] expected = Arrays.copyOf(part("t5.states_masked", row), kept * CONFIG.width());
    assertCloseToScale(states(encoder, ids, real(row)), expected, TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, true, 1e-5", "BFLOAT16, true, 0.03", "BFLOAT16, false, 0.03"})
  void states_otherWeights_areNear(ScalarType type, boolean pack, double tolerance) {
    assumeTrue(!pack || Packer.isSupported(torch, type), "this libtorch has no packed layouts");
    try (LiveWeights weights = load(type, pack)) {
      T5 other = new T5(torch, CONFIG, weights);
      for (int row = 0; row < 2; row++) {
        assertCloseToScale(states(other, row, LENGTH), part("t5.states", row), tolerance);
        assertCloseToScale(states(other, row, real(row)), part("t5.states_masked", row), tolerance);
      }
    }
  }

  /** The factors cancel a weight, so the result is that of a weight of zeros. */
  @ParameterizedTest
  @CsvSource({
    "0.SelfAttention.q, false",
    "0.SelfAttention.o, true",
    "1.DenseReluDense.wi_0, false",
    "1.DenseReluDense.wi_0, true",
    "1.DenseReluDense.wi_1, true",
    "1.DenseReluDense.wo, true"
  })
  void reading_loraThatCancelsAWeight_isTheZeroWeight(String layer, boolean packed) {
    assumeTrue(
        !packed || Packer.isSupported(torch, ScalarType.FLOAT32),
        "this libtorch has no packed layouts");
    String module = "encoder.block.1.layer." + layer;
    String stored = PREFIX + module + ".weight";
    try (NDManager scope = torch.scope();
        LiveWeights weights = load(ScalarType.FLOAT32, packed)) {
      Map<String, NDArray> zero = new LinkedHashMap<>(encoder.weights().entries());
      zero.put(module + ".weight", FILE.tensor(stored, scope).mul(0));
      Map<String, NDArray> cancelled = new LinkedHashMap<>(weights.entries());
      cancelled.put(module + ".lora_down.weight", FILE.tensor(stored, scope));
      cancelled.put(
          module + ".lora_up.weight",
          scope.eye((int) FILE.tensor(stored, scope).getShape().get(0)));
      cancelled.put(module + ".lora_scale", Torch.floats(scope, new float[] {-1}, 1));
      try (TensorDict expected = TensorDict.of(zero);
          TensorDict actual = TensorDict.of(cancelled)) {
        T5 other = new T5(torch, CONFIG, weights);
        assertCloseToScale(
            states(other.reading(() -> actual), 0, LENGTH),
            states(encoder.reading(() -> expected), 0, LENGTH),
            TOLERANCE);
      }
    }
  }

  /** With equal queries and keys, attention depends on the buckets of the distances alone. */
  @Test
  void states_distances_haveTransformersBuckets() {
    int[] buckets = INTEGERS.of("t5.buckets");
    int most = buckets.length / 2;
    int n = most + 1;
    int[] ids = IntStream.range(0, n).toArray();
    T5Config config = new T5Config(n, 1, n, 1, 1, n, 32);
    try (NDManager scope = torch.scope();
        TensorDict weights = TensorDict.of(equalScores(config, scope));
        NDArray states =
            new T5(torch, config, encoder.weights()).reading(() -> weights).states(ids, n, scope)) {
      float[] all = states.toFloatArray();
      for (int distance = 2; distance <= most; distance++) {
        assertThat(Math.log(all[distance] / all[1]))
            .isCloseTo(bias(buckets[most + distance]) - bias(buckets[most + 1]), within(1e-4));
        assertThat(Math.log(all[most * n + most - distance] / all[most * n + most - 1]))
            .isCloseTo(bias(buckets[most - distance]) - bias(buckets[most - 1]), within(1e-4));
      }
    }
  }

  private static double bias(int bucket) {
    return 0.25 * bucket;
  }

  /** Tokens and values are unit vectors; the MLP does nothing. */
  private static Map<String, NDArray> equalScores(T5Config config, NDManager scope) {
    Map<String, NDArray> weights = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              Shape size = new Shape(shape.stream().mapToLong(Long::longValue).toArray());
              boolean unit = name.matches("shared.*|.*\\.[vo]\\.weight");
              boolean ones = name.contains("norm");
              weights.put(
                  name,
                  unit ? scope.eye(config.width()) : ones ? scope.ones(size) : scope.zeros(size));
            });
    float[] table = new float[config.buckets()];
    for (int bucket = 0; bucket < table.length; bucket++) {
      table[bucket] = (float) bias(bucket);
    }
    weights.put(
        "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
        Torch.floats(scope, table, table.length, 1));
    return weights;
  }

  @Test
  void states_outsideTheRanges_areRefused() {
    assertThatThrownBy(() -> states(encoder, new int[] {1, 2}, 3))
        .hasMessage("3 tokens of 2 are read, expected 1 to 2");
    assertThatThrownBy(() -> states(encoder, new int[] {1, 400}, 2))
        .hasMessageStartingWith("token ids 1 to 400, expected ids from 0 to 399");
  }

  private static float[] states(T5 some, int row, int read) {
    return states(some, ids(row), read);
  }

  private static float[] states(T5 some, int[] ids, int read) {
    try (NDManager scope = torch.scope()) {
      return some.states(ids, read, scope).toFloatArray();
    }
  }

  private static int real(int row) {
    return Arrays.stream(row(INTEGERS.of("t5.mask"), row)).sum();
  }

  private static int[] ids(int row) {
    return row(INTEGERS.of("t5.input_ids"), row);
  }

  private static int[] row(int[] all, int row) {
    return Arrays.copyOfRange(all, row * LENGTH, (row + 1) * LENGTH);
  }

  private static float[] part(String name, int row) {
    float[] both = GOLDEN.floats(name);
    int half = both.length / 2;
    return Arrays.copyOfRange(both, row * half, (row + 1) * half);
  }
}
