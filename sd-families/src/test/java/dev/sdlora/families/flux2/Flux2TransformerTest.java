package dev.sdlora.families.flux2;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.sdlora.families.network.IntegerPacking;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.families.transformer.StoredNetwork;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.testkit.TinyTransformers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares FLUX.2's transformer to diffusers in float64. */
class Flux2TransformerTest {
  private static final StoredNetwork FILE =
      StoredNetwork.open(
          TinyTransformers.kleinFolder()
              .resolve("transformer/diffusion_pytorch_model.safetensors"));
  private static final StoredNetwork GOLDEN = StoredNetwork.open("flux2/golden.safetensors");
  private static final Flux2Config CONFIG = Flux2Config.of(FILE.shapes());

  /** diffusers' own float32 differs by 2e-6 to 1.6e-5. */
  private static final double TOLERANCE = 1e-5;

  private static Torch torch;
  private static Flux2Transformer transformer;

  @BeforeAll
  static void open() {
    torch = Torch.open("cpu");
    transformer = network(ScalarType.FLOAT32, false);
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  @Test
  void of_shapes_tellsAllDimensions() {
    assertThat(CONFIG)
        .isEqualTo(new Flux2Config(128, 48, 3, 2, 3, 144, 144, 256, List.of(4, 4, 4, 4), 2000));
    assertThat(CONFIG.weights()).isEqualTo(FILE.shapes());
    assertThat(CONFIG.withAxes(List.of(2, 2, 2, 2), 100).heads()).isEqualTo(6);
  }

  @ParameterizedTest
  @CsvSource({"a, 2, 0", "b, 1, 0", "c, 1, 1", "d, 1, 2"})
  void predict_anyNumberOfReferences_isDiffusers(String name, int rows, int references) {
    float[] expected = GOLDEN.floats(name + ".out");
    assertCloseToScale(predict(transformer, name, rows, references), expected, TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"a, 2, 0", "b, 1, 0", "c, 1, 1", "d, 1, 2"})
  void predict_packed_isDiffusers(String name, int rows, int references) {
    assertCloseToScale(
        predict(network(ScalarType.FLOAT32, true), name, rows, references),
        GOLDEN.floats(name + ".out"),
        TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void predict_aBatchOfTwoLevels_isThePredictionsOfItsRows(boolean packed) {
    Flux2Transformer network = network(ScalarType.FLOAT32, packed);
    try (NDManager scope = torch.scope()) {
      NDArray latents = GOLDEN.tensor("a.sample", scope);
      NDArray context = GOLDEN.tensor("context", scope);
      List<NDArray> references = List.of(GOLDEN.tensor("d.ref0", scope));
      float[] sigmas = {0.9f, 0.3f};
      NDArray levels = Torch.floats(scope, sigmas, 2);
      NDArray both = network.predict(input(latents, levels, context, references), scope);
      for (int i = 0; i < 2; i++) {
        NDIndex row = new NDIndex(i + ":" + (i + 1));
        NDArray sigma = Torch.floats(scope, new float[] {sigmas[i]}, 1);
        NDArray one =
            network.predict(input(latents.get(row), sigma, context.get(row), references), scope);
        assertCloseToScale(both.get(row).toFloatArray(), one.toFloatArray(), 2e-6);
      }
    }
  }

  /** A LoRA next to the weights and one added to them differ only by rounding. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void predict_withALoraAtEveryLayer_isThatOfMergedWeights(boolean packed) {
    Flux2Transformer network = network(ScalarType.FLOAT32, packed);
    Random random = new Random(4);
    try (NDManager scope = torch.scope();
        LiveWeights.Writer writer = network.weights().writer()) {
      Map<String, NDArray> overlay = new LinkedHashMap<>(network.weights().entries());
      Map<String, List<LowRank>> merged = new LinkedHashMap<>();
      CONFIG
          .weights()
          .forEach(
              (name, shape) -> {
                if (shape.size() == 2) {
                  NDArray up = normal(random, scope, shape.get(0), 2);
                  NDArray down = normal(random, scope, 2, shape.get(1));
                  String module = name.substring(0, name.length() - "weight".length());
                  overlay.put(module + "lora_up.weight", up);
                  overlay.put(module + "lora_down.weight", down);
                  overlay.put(module + "lora_scale", Torch.floats(scope, new float[] {0.5f}, 1));
                  merged.put(name, List.of(new LowRank(up, down, 0.5)));
                }
              });
      float[] before = predict(network, "c", 1, 1);
      float[] overlaid;
      try (TensorDict dict = TensorDict.of(overlay)) {
        overlaid = predict(network.reading(() -> dict), "c", 1, 1);
      }
      writer.patch(merged);
      float[] expected = predict(network, "c", 1, 1);
      assertCloseToScale(overlaid, expected, TOLERANCE);
      assertThat(distance(before, expected)).isGreaterThan(0.01);
    }
  }

  /** Eight bits are too few for a direct comparison, so both are compared with float32. */
  @ParameterizedTest
  @CsvSource({"a, 2, 0", "d, 1, 2"})
  void predict_packedBfloat16_isAsGoodAsThePlainTwin(String name, int rows, int references) {
    float[] exact = GOLDEN.floats(name + ".out");
    double plain =
        distance(predict(network(ScalarType.BFLOAT16, false), name, rows, references), exact);
    double packed =
        distance(predict(network(ScalarType.BFLOAT16, true), name, rows, references), exact);
    assertThat(plain).isLessThan(0.02);
    assertThat(packed).isLessThan(1.5 * plain);
  }

  @ParameterizedTest
  @CsvSource({"a, 2, 0, FLOAT32", "d, 1, 2, FLOAT32", "d, 1, 2, BFLOAT16"})
  void predict_inIntegers_isNear(String name, int rows, int references, ScalarType type) {
    assumeTrue(Packer.hasIntegers(torch, type), "this processor has no integer products");
    Map<String, Packing> packings = IntegerPacking.of(Flux2Packing.of(CONFIG), CONFIG.weights(), 1);
    try (LiveWeights weights = FILE.load(torch, CONFIG.weights(), type, packings)) {
      assertThat(weights.isRounded()).isTrue();
      Flux2Transformer network = new Flux2Transformer(torch, CONFIG, weights);
      double error =
          distance(predict(network, name, rows, references), GOLDEN.floats(name + ".out"));
      assertThat(error).isBetween(1e-4, 0.05);
    }
  }

  private static Flux2Transformer network(ScalarType type, boolean packed) {
    assumeTrue(!packed || Packer.isSupported(torch, type), "this libtorch has no packed layouts");
    Map<String, Packing> packings = packed ? Flux2Packing.of(CONFIG) : Map.of();
    return new Flux2Transformer(torch, CONFIG, FILE.load(torch, CONFIG.weights(), type, packings));
  }

  /** Returns the root mean square of the differences. */
  private static double distance(float[] some, float[] others) {
    double sum = 0;
    for (int i = 0; i < some.length; i++) {
      sum += (some[i] - others[i]) * (double) (some[i] - others[i]);
    }
    return Math.sqrt(sum / some.length);
  }

  private static NDArray normal(Random random, NDManager scope, long... shape) {
    float[] values = new float[Math.toIntExact(shape[0] * shape[1])];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.1 * random.nextGaussian());
    }
    return Torch.floats(scope, values, shape);
  }

  private static DiffusionTransformer.Input input(
      NDArray latents, NDArray sigmas, NDArray context, List<NDArray> references) {
    return new DiffusionTransformer.Input(latents, sigmas, context, List.of(), references);
  }

  private static float[] predict(Flux2Transformer network, String name, int rows, int references) {
    try (NDManager scope = torch.scope()) {
      List<NDArray> more = new ArrayList<>();
      for (int i = 0; i < references; i++) {
        more.add(GOLDEN.tensor(name + ".ref" + i, scope));
      }
      float[] sigmas = new float[rows];
      Arrays.fill(sigmas, GOLDEN.floats(name + ".sigma")[0]);
      return network
          .predict(
              input(
                  GOLDEN.tensor(name + ".sample", scope),
                  Torch.floats(scope, sigmas, rows),
                  GOLDEN.tensor("context", scope).get(new NDIndex("0:" + rows)),
                  more),
              scope)
          .toFloatArray();
    }
  }
}
