package dev.sdlora.families.zimage;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.families.network.IntegerPacking;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.families.transformer.StoredIntegers;
import dev.sdlora.families.transformer.StoredNetwork;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.testkit.TinyTransformers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares Z-Image's transformer to diffusers in float64. */
class ZImageTransformerTest {
  private static final StoredNetwork FILE =
      StoredNetwork.open(
          TinyTransformers.zImageFolder()
              .resolve("transformer/diffusion_pytorch_model.safetensors"));
  private static final StoredNetwork GOLDEN = StoredNetwork.open("zimage/golden.safetensors");
  private static final StoredIntegers INTEGERS = StoredIntegers.open("zimage/golden.safetensors");
  private static final ZImageConfig CONFIG = ZImageConfig.of(FILE.shapes(), ZImageConfig.THETA);

  /** Five times the difference of diffusers' own float32 in the closest case. */
  private static final double TOLERANCE = 6e-6;

  private static Torch torch;
  private static ZImageTransformer transformer;

  @BeforeAll
  static void open() {
    torch = Torch.open("cpu");
    transformer =
        new ZImageTransformer(
            torch, CONFIG, FILE.load(torch, CONFIG.weights(), ScalarType.FLOAT32, Map.of()));
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  @Test
  void of_shapes_tellsAllDimensions() {
    assertThat(CONFIG)
        .isEqualTo(new ZImageConfig(16, 48, 3, 128, 48, 48, 1024, 2, 3, List.of(4, 6, 6), 256));
    assertThat(CONFIG.weights()).isEqualTo(FILE.shapes());
    assertThat(CONFIG.withAxes(List.of(8, 4, 4)).axes()).containsExactly(8, 4, 4);
  }

  /**
   * Image and text need padding (a), the image alone does not need its own (c), the text has more
   * than one block of padding (d), or rows of a batch differ in length (a, e).
   */
  @ParameterizedTest
  @CsvSource({"a", "b", "c", "d", "e"})
  void predict_isDiffusers(String name) {
    assertCloseToScale(
        predict(transformer, name), negative(GOLDEN.floats(name + ".out")), TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"a", "e"})
  void predict_rowsOfABatch_areSingleRuns(String name) {
    float[] both = predict(transformer, name);
    int[] texts = INTEGERS.of(name + ".texts");
    for (int row = 0; row < texts.length; row++) {
      try (NDManager scope = torch.scope()) {
        DiffusionTransformer.Input input = input(name, new int[] {texts[row]}, scope);
        float[] single =
            transformer
                .predict(
                    new DiffusionTransformer.Input(
                        GOLDEN.tensor(name + ".sample", scope).get(row).expandDims(0),
                        input.sigmas(),
                        input.context(),
                        input.tokens(),
                        List.of()),
                    scope)
                .toFloatArray();
        assertThat(Arrays.copyOfRange(both, row * single.length, (row + 1) * single.length))
            .isEqualTo(single);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32", "BFLOAT16"})
  void predict_inIntegers_isNear(ScalarType type) {
    assumeTrue(Packer.hasIntegers(torch, type), "this processor has no integer products");
    Map<String, Packing> packings =
        IntegerPacking.of(ZImageTransformer.packings(CONFIG), CONFIG.weights(), 1);
    try (LiveWeights weights = FILE.load(torch, CONFIG.weights(), type, packings)) {
      assertThat(weights.isRounded()).isTrue();
      ZImageTransformer other = new ZImageTransformer(torch, CONFIG, weights);
      for (String name : List.of("a", "d")) {
        assertCloseToScale(predict(other, name), negative(GOLDEN.floats(name + ".out")), 0.1);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, true, 1e-5", "BFLOAT16, true, 0.05", "BFLOAT16, false, 0.05"})
  void predict_otherWeights_areNear(ScalarType type, boolean pack, double tolerance) {
    assumeTrue(!pack || Packer.isSupported(torch, type), "this libtorch has no packed layouts");
    try (LiveWeights weights =
        FILE.load(
            torch, CONFIG.weights(), type, pack ? ZImageTransformer.packings(CONFIG) : Map.of())) {
      ZImageTransformer other = new ZImageTransformer(torch, CONFIG, weights);
      for (String name : List.of("a", "d")) {
        assertCloseToScale(predict(other, name), negative(GOLDEN.floats(name + ".out")), tolerance);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "lora_aitoolkit, lora, false",
    "lora_aitoolkit, lora, true",
    "lora_outer, lora_outer, false",
    "lora_outer, lora_outer, true"
  })
  void reading_lora_isDiffusers(String file, String golden, boolean packed) {
    assumeTrue(
        !packed || Packer.isSupported(torch, ScalarType.FLOAT32),
        "this libtorch has no packed layouts");
    StoredNetwork lora =
        StoredNetwork.open(TinyTransformers.zImageLoras().resolve(file + ".safetensors"));
    try (NDManager scope = torch.scope();
        LiveWeights weights =
            FILE.load(
                torch,
                CONFIG.weights(),
                ScalarType.FLOAT32,
                packed ? ZImageTransformer.packings(CONFIG) : Map.of())) {
      Map<String, NDArray> entries = new LinkedHashMap<>(weights.entries());
      for (String name : lora.shapes().keySet()) {
        String module =
            name.replace("diffusion_model.", "").replaceAll("\\.lora_[AB]\\.weight$", "");
        String factor = name.endsWith(".lora_A.weight") ? ".lora_down.weight" : ".lora_up.weight";
        entries.put(module + factor, lora.tensor(name, scope));
        entries.put(module + ".lora_scale", Torch.floats(scope, new float[] {0.8f}, 1));
      }
      try (TensorDict dict = TensorDict.of(entries)) {
        ZImageTransformer other = new ZImageTransformer(torch, CONFIG, weights).reading(() -> dict);
        assertCloseToScale(predict(other, "a"), negative(GOLDEN.floats(golden + ".out0.8")), 2e-5);
      }
    }
  }

  @Test
  void predict_outsideTheRanges_isRefused() {
    try (NDManager scope = torch.scope()) {
      NDArray latents = scope.zeros(new Shape(1, 16, 4, 4));
      NDArray sigmas = scope.ones(new Shape(1));
      NDArray context = scope.zeros(new Shape(1, 5, 48));
      assertRefused(latents, sigmas, context, List.of(5), List.of(latents))
          .hasMessage("1 reference images, expected none: Z-Image reads text only");
      assertRefused(latents, sigmas, context, List.of(6), List.of())
          .hasMessage(
              "[6] text tokens for a batch of 1, expected a number from 1 to 5 for each row");
      assertRefused(latents, sigmas, context, List.of(), List.of())
          .hasMessage(
              "[] text tokens for a batch of 1, expected a number from 1 to 5 for each row");
      assertRefused(scope.zeros(new Shape(1, 16, 4, 3)), sigmas, context, List.of(5), List.of())
          .hasMessage("a latent of 4 x 3, expected an even height and width");
    }
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      NDArray latents,
      NDArray sigmas,
      NDArray context,
      List<Integer> tokens,
      List<NDArray> references) {
    return assertThatThrownBy(
            () ->
                transformer.predict(
                    new DiffusionTransformer.Input(latents, sigmas, context, tokens, references),
                    latents.getManager()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static float[] predict(ZImageTransformer network, String name) {
    try (NDManager scope = torch.scope()) {
      return network
          .predict(input(name, INTEGERS.of(name + ".texts"), scope), scope)
          .toFloatArray();
    }
  }

  /** Returns the inputs of a case; after its tokens, a text has values that must not be read. */
  private static DiffusionTransformer.Input input(String name, int[] texts, NDManager scope) {
    List<Integer> tokens = new ArrayList<>();
    NDList rows = new NDList();
    int most = 41;
    for (int text : texts) {
      NDArray states = GOLDEN.tensor("text" + text + ".context", scope);
      int n = (int) states.getShape().get(0);
      tokens.add(n);
      NDArray rest = scope.full(new Shape(most - n, CONFIG.contextWidth()), 7);
      rows.add(states.concat(rest).expandDims(0));
    }
    float[] sigmas = new float[texts.length];
    Arrays.fill(sigmas, GOLDEN.floats(name + ".sigma")[0]);
    return new DiffusionTransformer.Input(
        GOLDEN.tensor(name + ".sample", scope),
        Torch.floats(scope, sigmas, sigmas.length),
        NDArrays.concat(rows),
        tokens,
        List.of());
  }

  private static float[] negative(float[] values) {
    float[] negative = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      negative[i] = -values[i];
    }
    return negative;
  }
}
