package dev.sdlora.families.flux1;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.sdlora.families.chroma.Approximator;
import dev.sdlora.families.network.AddedConditions;
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
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares FLUX.1's and Chroma's transformers to diffusers in float64. */
class Flux1TransformerTest {
  private static final String FILE = "transformer/diffusion_pytorch_model.safetensors";
  private static final StoredNetwork DEV =
      StoredNetwork.open(TinyTransformers.flux1Folder().resolve(FILE));
  private static final StoredNetwork CHROMA =
      StoredNetwork.open(TinyTransformers.chromaFolder().resolve(FILE));
  private static final StoredNetwork GOLDEN = StoredNetwork.open("flux1/golden.safetensors");
  private static final StoredNetwork KONTEXT = StoredNetwork.open("flux1/golden_loras.safetensors");
  private static final StoredNetwork OF_CHROMA = StoredNetwork.open("chroma/golden.safetensors");
  private static final Flux1Config CONFIG = Flux1Config.of(DEV.shapes());
  private static final Flux1Config CHROMA_CONFIG = Approximator.config(CHROMA.shapes());

  private static final double TOLERANCE = 2e-5;

  private static Torch torch;

  @BeforeAll
  static void open() {
    torch = Torch.open("cpu");
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  @Test
  void of_shapes_tellsAllDimensions() {
    assertThat(CONFIG)
        .isEqualTo(
            new Flux1Config(
                16, 16, 32, 2, 2, 2, 80, 128, new OwnLayers(32, true), List.of(4, 6, 6), 10_000));
    assertThat(CONFIG.weights()).isEqualTo(DEV.shapes());
    assertThat(CHROMA_CONFIG.modulation()).isEqualTo(new Approximator(64, 48, 3));
    assertThat(CHROMA_CONFIG.weights()).isEqualTo(CHROMA.shapes());
    assertThat(CONFIG.withAxes(List.of(2, 6, 8)).axes()).containsExactly(2, 6, 8);
  }

  @Test
  void of_publishedHeads_givesTheirAxes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>(DEV.shapes());
    shapes.put("x_embedder.weight", List.of(3072L, 64L));
    shapes.put("transformer_blocks.0.attn.norm_q.weight", List.of(128L));
    assertThat(Flux1Config.of(shapes).axes()).containsExactly(16, 56, 56);
  }

  @ParameterizedTest
  @CsvSource({
    "dev.a, 2, false",
    "dev.b, 1, false",
    "dev.a, 2, true",
    "dev.b, 1, true",
    "schnell.a, 2, false",
    "schnell.b, 1, false",
    "schnell.a, 2, true",
    "schnell.b, 1, true"
  })
  void predict_asDevOrSchnell_isDiffusers(String name, int rows, boolean packed) {
    Flux1Transformer network = network(name.startsWith("dev"), ScalarType.FLOAT32, packed);
    assertCloseToScale(predict(network, name, rows), GOLDEN.floats(name + ".out"), TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void predict_withAReference_isDiffusers(boolean packed) {
    Flux1Transformer network = network(true, ScalarType.FLOAT32, packed);
    try (NDManager scope = torch.scope()) {
      NDIndex first = new NDIndex("0:1");
      DiffusionTransformer.Input input =
          new DiffusionTransformer.Input(
              KONTEXT.tensor("kontext.sample", scope),
              Torch.floats(scope, KONTEXT.floats("kontext.sigma"), 1),
              GOLDEN.tensor("context", scope).get(first),
              List.of(),
              List.of(KONTEXT.tensor("kontext.ref", scope)),
              new AddedConditions(
                  GOLDEN.tensor("pooled", scope).get(first),
                  Torch.floats(scope, KONTEXT.floats("kontext.guidance"), 1, 1)));
      assertCloseToScale(
          network.predict(input, scope).toFloatArray(), KONTEXT.floats("kontext.out"), TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({"a, 2, false", "b, 1, false", "a, 2, true", "b, 1, true"})
  void predict_asChroma_isDiffusers(String name, int rows, boolean packed) {
    Flux1Transformer network = chroma(ScalarType.FLOAT32, packed);
    float[] mask = OF_CHROMA.floats("transformer.mask");
    int length = mask.length / 2;
    List<Integer> tokens =
        List.of(0, 1).stream().map(row -> ones(mask, row * length, length)).toList();
    List<Integer> whole = Collections.nCopies(rows, length);
    assertCloseToScale(
        predict(network, name, tokens.subList(0, rows)),
        OF_CHROMA.floats(name + ".out"),
        TOLERANCE);
    assertCloseToScale(
        predict(network, name, whole), OF_CHROMA.floats(name + ".out_without_mask"), TOLERANCE);
  }

  private static int ones(float[] mask, int from, int length) {
    int count = 0;
    for (int i = from; i < from + length; i++) {
      count += Math.round(mask[i]);
    }
    return count;
  }

  @Test
  void predict_tokensOutOfRange_isAnError() {
    Flux1Transformer network = chroma(ScalarType.FLOAT32, false);
    assertThatThrownBy(() -> predict(network, "b", List.of(17)))
        .hasMessageContaining("from 1 to 16");
  }

  /** A LoRA next to the weights and one added to them differ only by rounding. */
  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void predict_withALoraAtEveryLayer_isThatOfMergedWeights(boolean isChroma, boolean packed) {
    Flux1Transformer network =
        isChroma ? chroma(ScalarType.FLOAT32, packed) : network(true, ScalarType.FLOAT32, packed);
    Random random = new Random(4);
    try (NDManager scope = torch.scope();
        LiveWeights.Writer writer = network.weights().writer()) {
      Map<String, NDArray> overlay = new LinkedHashMap<>(network.weights().entries());
      Map<String, List<LowRank>> merged = new LinkedHashMap<>();
      network
          .config()
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
      float[] before = predict(network, isChroma);
      float[] overlaid;
      try (TensorDict dict = TensorDict.of(overlay)) {
        overlaid = predict(network.reading(() -> dict), isChroma);
      }
      writer.patch(merged);
      float[] expected = predict(network, isChroma);
      assertCloseToScale(overlaid, expected, TOLERANCE);
      assertThat(distance(before, expected)).isGreaterThan(0.01);
    }
  }

  /** Eight bits are too few for a direct comparison, so both are compared with float32. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void predict_packedBfloat16_isAsGoodAsThePlainTwin(boolean isChroma) {
    float[] exact = isChroma ? OF_CHROMA.floats("b.out_without_mask") : GOLDEN.floats("dev.b.out");
    double[] distances = new double[2];
    for (int i = 0; i < 2; i++) {
      Flux1Transformer network =
          isChroma
              ? chroma(ScalarType.BFLOAT16, i == 1)
              : network(true, ScalarType.BFLOAT16, i == 1);
      distances[i] = distance(predict(network, isChroma), exact);
    }
    assertThat(distances[0]).isLessThan(0.06);
    assertThat(distances[1]).isLessThan(1.5 * distances[0]);
  }

  private static float[] predict(Flux1Transformer network, boolean isChroma) {
    return isChroma ? predict(network, "b", List.of(16)) : predict(network, "dev.b", 1);
  }

  private static Flux1Transformer network(boolean isDev, ScalarType type, boolean packed) {
    Map<String, List<Long>> shapes =
        DEV.shapes().entrySet().stream()
            .filter(entry -> isDev || !entry.getKey().contains("guidance_embedder"))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    return network(DEV, Flux1Config.of(shapes), type, packed);
  }

  private static Flux1Transformer chroma(ScalarType type, boolean packed) {
    return network(CHROMA, CHROMA_CONFIG, type, packed);
  }

  private static Flux1Transformer network(
      StoredNetwork file, Flux1Config config, ScalarType type, boolean packed) {
    assumeTrue(!packed || Packer.isSupported(torch, type), "this libtorch has no packed layouts");
    Map<String, Packing> packings = packed ? Flux1Packing.of(config) : Map.of();
    return new Flux1Transformer(torch, config, file.load(torch, config.weights(), type, packings));
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

  private static float[] predict(Flux1Transformer network, String name, int rows) {
    try (NDManager scope = torch.scope()) {
      float[] sigmas = new float[rows];
      Arrays.fill(sigmas, GOLDEN.floats(name + ".sigma")[0]);
      float[] guidance = new float[network.config().isGuided() ? rows : 0];
      Arrays.fill(guidance, guidance.length == 0 ? 0 : GOLDEN.floats(name + ".guidance")[0]);
      NDIndex first = new NDIndex("0:" + rows);
      return network
          .predict(
              new DiffusionTransformer.Input(
                  GOLDEN.tensor(name + ".sample", scope),
                  Torch.floats(scope, sigmas, rows),
                  GOLDEN.tensor("context", scope).get(first),
                  List.of(),
                  List.of(),
                  new AddedConditions(
                      GOLDEN.tensor("pooled", scope).get(first),
                      Torch.floats(scope, guidance, rows, guidance.length / rows))),
              scope)
          .toFloatArray();
    }
  }

  private static float[] predict(Flux1Transformer network, String name, List<Integer> tokens) {
    try (NDManager scope = torch.scope()) {
      int rows = tokens.size();
      float[] sigmas = new float[rows];
      Arrays.fill(sigmas, OF_CHROMA.floats(name + ".sigma")[0]);
      return network
          .predict(
              new DiffusionTransformer.Input(
                  OF_CHROMA.tensor(name + ".sample", scope),
                  Torch.floats(scope, sigmas, rows),
                  OF_CHROMA.tensor("context", scope).get(new NDIndex("0:" + rows)),
                  tokens,
                  List.of()),
              scope)
          .toFloatArray();
    }
  }
}
