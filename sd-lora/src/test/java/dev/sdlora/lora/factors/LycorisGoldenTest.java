package dev.sdlora.lora.factors;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.TensorLoader;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares all kinds with the weights that LyCORIS applies (commit f49d30d), and with PEFT's DoRA.
 * The file contains small layers {@code base.*}, modules {@code <case>.*}, and the changed layers
 * at a multiplier, {@code expected.<case>.m<multiplier>}.
 */
class LycorisGoldenTest {
  /** The tolerance relative to the largest value, for float32 sums in another order. */
  private static final double TOLERANCE = 1e-5;

  private static final double MULTIPLIER = 0.7;

  private static TensorFile file;
  private static Torch torch;
  private static TensorLoader loader;
  private static Factors factors;

  @BeforeAll
  static void open() throws URISyntaxException {
    URL url = LycorisGoldenTest.class.getResource("lycoris.safetensors");
    file = TensorFile.open(Path.of(Objects.requireNonNull(url).toURI()));
    torch = Torch.open("cpu");
    loader = new TensorLoader(torch);
    factors = new Factors(torch, loader);
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  static Stream<String> cases() throws URISyntaxException {
    URL url = LycorisGoldenTest.class.getResource("lycoris.safetensors");
    return TensorFile.open(Path.of(Objects.requireNonNull(url).toURI())).tensors().keySet().stream()
        .map(name -> name.substring(0, name.indexOf('.')))
        .filter(name -> !name.startsWith("expected") && !name.equals("base"))
        .distinct();
  }

  @Test
  void cases_all_areSeen() throws URISyntaxException {
    assertThat(cases()).hasSize(46);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void delta_anyKind_isWhatLycorisApplies(String name) {
    LoraModule module = module(name);
    float[] original = values("base." + layer(name) + ".weight");
    float[] expected = values("expected." + name + ".m0.7");
    int arrays = torch.liveArrays();

    float[] delta = delta(module, name, MULTIPLIER);

    assertSum(original, delta, expected);
    float[] whole =
        file.find("expected." + name + ".m1.0")
            .map(entry -> values(entry.name()))
            // Missing in the file if the change is linear in the multiplier.
            .orElseGet(() -> stretched(original, expected));
    assertSum(original, delta(module, name, 1), whole);
    assertThat(torch.liveArrays()).isEqualTo(arrays);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void biasDelta_anyKind_isWhatLycorisApplies(String name) {
    LoraModule module = module(name);
    Optional<TensorEntry> expected = file.find("expected_bias." + name + ".m0.7");
    assertThat(module.changesBias()).isEqualTo(expected.isPresent());

    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      TensorEntry bias = file.find("base." + layer(name) + ".bias").orElseThrow();
      NDArray original = loader.load(reader, bias, bias.shape(), ScalarType.FLOAT32, scope);
      Optional<NDArray> delta = factors.biasDelta(reader, module, original, MULTIPLIER, scope);

      assertThat(delta.isPresent()).isEqualTo(expected.isPresent());
      delta.ifPresent(
          values ->
              assertSum(
                  original.toFloatArray(),
                  values.toFloatArray(),
                  values(expected.orElseThrow().name())));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lowRank_products_multiplyToTheDelta(String name) {
    LoraModule module = module(name);
    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      Optional<LowRank> pair = factors.lowRank(reader, module, MULTIPLIER, scope);

      assertThat(pair.isPresent()).isEqualTo(name.startsWith("lora_") || name.startsWith("locon_"));
      pair.ifPresent(
          product -> {
            NDArray sum = product.up().matMul(product.down()).mul((float) product.scale());
            float[] delta = delta(module, name, MULTIPLIER);
            assertSum(new float[delta.length], sum.toFloatArray(), delta);
          });
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void product_lohaAndLokr_multiplyToTheDelta(String name) {
    LoraModule module = module(name);
    boolean plain = !name.contains("dora");
    if (plain && (name.startsWith("loha_") || name.startsWith("lokr_"))) {
      List<Long> shape = file.find("base." + layer(name) + ".weight").orElseThrow().shape();
      try (TensorFile.Reader reader = file.reader();
          NDManager scope = torch.scope()) {
        LowRank product = factors.product(reader, module, shape, MULTIPLIER, scope);

        NDArray sum = product.up().matMul(product.down()).mul((float) product.scale());
        float[] delta = delta(module, name, MULTIPLIER);
        assertSum(new float[delta.length], sum.toFloatArray(), delta);
      }
    } else {
      assertThat(Factors.hasLowRankForm(module)).isEqualTo(Factors.isFactorPair(module));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "loha_linear, true", // rank 16 of 48×40
    "loha_conv3x3, true",
    "lokr_linear_f4, true", // 4·3
    "lokr_linear_both, true", // 2·2
    "lokr_linear_full, false", // 5·8
    "lokr_conv3x3_full, false"
  })
  void hasProduct_byKind_whereItIsNoLongerThanTheWeight(String name, boolean expected) {
    assertThat(Factors.hasLowRankForm(module(name))).isEqualTo(expected);
  }

  private static float[] delta(LoraModule module, String name, double strength) {
    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      TensorEntry weight = file.find("base." + layer(name) + ".weight").orElseThrow();
      NDArray original = loader.load(reader, weight, weight.shape(), ScalarType.FLOAT32, scope);
      NDArray delta = factors.delta(reader, module, original, strength, scope);
      assertThat(delta.getShape()).isEqualTo(original.getShape());
      return delta.toFloatArray();
    }
  }

  /** Extrapolates a linear change from the multiplier to 1. */
  private static float[] stretched(float[] original, float[] expected) {
    float[] whole = new float[original.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (float) (original[i] + (expected[i] - (double) original[i]) / MULTIPLIER);
    }
    return whole;
  }

  private static void assertSum(float[] original, float[] delta, float[] expected) {
    assertThat(delta).hasSameSizeAs(expected);
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(original[i] + (double) delta[i] - expected[i]);
      // Not "greater": an error of NaN must fail.
      assertThat(error <= TOLERANCE * largest)
          .as("element %d: %s + %s, expected %s", i, original[i], delta[i], expected[i])
          .isTrue();
    }
  }

  private static float[] values(String name) {
    try (TensorFile.Reader reader = file.reader()) {
      return reader.floats(file.find(name).orElseThrow());
    }
  }

  private static LoraModule module(String name) {
    Map<Part, TensorEntry> parts = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      file.find(name + "." + part.ending()).ifPresent(entry -> parts.put(part, entry));
    }
    if (!name.startsWith("peft")) {
      return new LoraModule(name, kind(name), parts, Optional.empty());
    }
    parts.put(Part.LORA_DOWN, file.find(name + ".lora_A.weight").orElseThrow());
    parts.put(Part.LORA_UP, file.find(name + ".lora_B.weight").orElseThrow());
    parts.put(Part.DORA_SCALE, file.find(name + ".lora_magnitude_vector").orElseThrow());
    // lora_alpha 2 and r 4 in the adapter's configuration.
    return new LoraModule(name, Kind.LORA, parts, Optional.of(0.5));
  }

  private static Kind kind(String name) {
    return switch (name.substring(0, name.indexOf('_'))) {
      case "lora", "locon", "dora", "peft" -> Kind.LORA;
      case "loha" -> Kind.LOHA;
      case "lokr" -> Kind.LOKR;
      case "ia3" -> Kind.IA3;
      case "glora" -> Kind.GLORA;
      case "oft" -> Kind.OFT;
      case "boft" -> Kind.BOFT;
      case "full" -> Kind.FULL;
      case "norm" -> Kind.NORM;
      default -> throw new AssertionError(name);
    };
  }

  private static String layer(String name) {
    return List.of("conv1x1", "conv3x3", "layernorm", "groupnorm").stream()
        .filter(layer -> Arrays.asList(name.split("_", -1)).contains(layer))
        .findFirst()
        .orElse("linear");
  }
}
