package dev.sdlora.lora.factors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.format.Rows;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests cases that the golden files do not cover: scales, rank limits, layouts and mismatches. */
class FactorsTest {
  private static Torch torch;
  private static Factors factors;

  @TempDir private Path folder;
  private SafetensorsWriter writer;
  private final Map<Part, String> names = new EnumMap<>(Part.class);

  @BeforeAll
  static void open() {
    torch = Torch.open("cpu");
    factors = new Factors(torch, new TensorLoader(torch));
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  @BeforeEach
  void start() {
    writer = new SafetensorsWriter();
  }

  private FactorsTest part(Part part, List<Integer> shape, double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    String name = "layer." + part.ending();
    writer.tensor(name, shape.stream().map(Integer::longValue).toList(), floats, DType.F32);
    names.put(part, name);
    return this;
  }

  /** The module assembled from the parts. */
  private LoraModule module(TensorFile file, Kind kind, Optional<Double> configuredScale) {
    Map<Part, TensorEntry> parts = new EnumMap<>(Part.class);
    names.forEach((part, name) -> parts.put(part, file.find(name).orElseThrow()));
    return new LoraModule("layer", kind, parts, configuredScale);
  }

  private TensorFile write() {
    Path path = folder.resolve("lora.safetensors");
    writer.write(path);
    return TensorFile.open(path);
  }

  /** The change of a weight of zeros and ones, [2, 2], at strength 1. */
  private float[] delta(Kind kind, double... weight) {
    return delta(factors, kind, Optional.empty(), 1, weight);
  }

  private float[] delta(
      Factors by, Kind kind, Optional<Double> scale, double strength, double... weight) {
    TensorFile file = write();
    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      float[] values = new float[weight.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) weight[i];
      }
      NDArray original = Torch.floats(scope, values, 2, weight.length / 2);
      return by.delta(reader, module(file, kind, scale), original, strength, scope).toFloatArray();
    }
  }

  /** up · down = [[1·5 + 2·7, 1·6 + 2·8], [3·5 + 4·7, 3·6 + 4·8]]. */
  private FactorsTest lora() {
    return part(Part.LORA_UP, List.of(2, 2), 1, 2, 3, 4)
        .part(Part.LORA_DOWN, List.of(2, 2), 5, 6, 7, 8);
  }

  private static final double[] ZEROS = {0, 0, 0, 0};

  @Test
  void delta_noAlpha_hasScaleOne() {
    assertThat(lora().delta(Kind.LORA, ZEROS)).containsExactly(19, 22, 43, 50);
  }

  @Test
  void delta_alpha_isDividedByTheRank() {
    float[] delta = lora().part(Part.ALPHA, List.of(), 1).delta(Kind.LORA, ZEROS);

    assertThat(delta).containsExactly(9.5f, 11, 21.5f, 25);
  }

  @Test
  void delta_alphaZero_standsForTheRank() {
    float[] delta = lora().part(Part.ALPHA, List.of(1), 0).delta(Kind.LORA, ZEROS);

    assertThat(delta).containsExactly(19, 22, 43, 50);
  }

  @Test
  void delta_scaleTensor_goesBeforeAlphaAndConfiguration() {
    lora().part(Part.ALPHA, List.of(), 1).part(Part.SCALE, List.of(), 2);

    assertThat(delta(factors, Kind.LORA, Optional.of(3.0), 1, ZEROS))
        .containsExactly(38, 44, 86, 100);
  }

  @Test
  void delta_configuredScale_goesBeforeAlpha() {
    lora().part(Part.ALPHA, List.of(), 1);

    assertThat(delta(factors, Kind.LORA, Optional.of(3.0), 0.5, ZEROS))
        .containsExactly(28.5f, 33, 64.5f, 75);
  }

  @Test
  void delta_rankLimit_usesTheFirstComponentsAtTheFullRanksScale() {
    lora().part(Part.ALPHA, List.of(), 1);

    // up[:, :1] · down[:1] = [[5, 6], [15, 18]], times 1 / 2.
    assertThat(delta(factors.limitedTo(1), Kind.LORA, Optional.empty(), 1, ZEROS))
        .containsExactly(2.5f, 3, 7.5f, 9);
  }

  @Test
  void lowRank_rankLimit_usesTheFirstComponentsAtTheFullRanksScale() {
    TensorFile file = lora().part(Part.ALPHA, List.of(), 1).write();
    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      LoraModule module = module(file, Kind.LORA, Optional.empty());
      LowRank pair = factors.limitedTo(1).lowRank(reader, module, 1, scope).orElseThrow();

      assertThat(pair.up().toFloatArray()).containsExactly(1, 3);
      assertThat(pair.down().toFloatArray()).containsExactly(5, 6);
      assertThat(pair.scale()).isEqualTo(0.5);
      LowRank all = factors.limitedTo(9).lowRank(reader, module, 1, scope).orElseThrow();
      assertThat(all.up().toFloatArray()).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void limitedTo_zero_isRefused() {
    assertThatThrownBy(() -> factors.limitedTo(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rank limit must be at least 1: 0");
  }

  @Test
  void delta_gloraOfEitherLayout_isTheSame() {
    // W · a1 · a2 + b1 · b2 with a1 = (1, 2)ᵀ, a2 = (3, 4, …), b1 = (5, 6)ᵀ, b2 = (7, 8).
    part(Part.A1, List.of(2, 1), 1, 2)
        .part(Part.A2, List.of(1, 2), 3, 4)
        .part(Part.B1, List.of(2, 1), 5, 6)
        .part(Part.B2, List.of(1, 2), 7, 8);
    float[] present = delta(Kind.GLORA, 1, 0, 0, 1);
    start();
    part(Part.A2, List.of(2, 1), 1, 2)
        .part(Part.A1, List.of(1, 2), 3, 4)
        .part(Part.B2, List.of(2, 1), 5, 6)
        .part(Part.B1, List.of(1, 2), 7, 8);
    float[] first = delta(Kind.GLORA, 1, 0, 0, 1);

    assertThat(present).containsExactly(3 + 35, 4 + 40, 6 + 42, 8 + 48);
    assertThat(first).isEqualTo(present);
  }

  @Test
  void delta_gloraAlpha_isDividedByTheRank() {
    part(Part.A1, List.of(2, 1), 1, 2)
        .part(Part.A2, List.of(1, 2), 3, 4)
        .part(Part.B1, List.of(2, 1), 5, 6)
        .part(Part.B2, List.of(1, 2), 7, 8)
        .part(Part.ALPHA, List.of(), 0.5);

    assertThat(delta(Kind.GLORA, 0, 0, 0, 0)).containsExactly(17.5f, 20, 21, 24);
  }

  @Test
  void delta_ia3WithoutFlag_isToldByTheNumberOfFactors() {
    part(Part.WEIGHT, List.of(3), 1, 2, 3);

    assertThat(delta(Kind.IA3, 1, 1, 1, 1, 1, 1)).containsExactly(1, 2, 3, 1, 2, 3);
  }

  @Test
  void delta_ia3OfAnotherLength_namesBothNumbers() {
    part(Part.WEIGHT, List.of(3), 1, 2, 3).part(Part.ON_INPUT, List.of(), 0);

    assertThatThrownBy(() -> delta(Kind.IA3, 1, 1, 1, 1, 1, 1))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("'layer.weight' has 3 factors, expected one for each of the 2 rows");
  }

  @Test
  void delta_oldOft_turnsRowsByTheTransposed() {
    // A quarter turn R = [[0, -1], [1, 0]]; half of Rᵀ · W − W at strength 0.5.
    part(Part.OFT_DIAG, List.of(1, 2, 2), 0, -1, 1, 0);

    assertThat(delta(factors, Kind.OLD_OFT, Optional.empty(), 0.5, 1, 2, 3, 4))
        .containsExactly(1, 1, -2, -3);
  }

  @Test
  void delta_oldBoft_turnsRowsLevelByLevel() {
    // One level of one block of size 2 is R · W.
    part(Part.OFT_DIAG, List.of(1, 1, 2, 2), 0, -1, 1, 0);

    assertThat(delta(Kind.OLD_OFT, 1, 2, 3, 4)).containsExactly(-4, -6, -2, -2);
  }

  @Test
  void delta_oft_isCayleysTurn() {
    // B − Bᵀ = [[0, t], [−t, 0]] is a turn by 2 atan t.
    part(Part.OFT_BLOCKS, List.of(1, 2, 2), 0, 0.5, 0, 0);

    float[] delta = delta(Kind.OFT, 1, 0, 0, 1);

    double angle = 2 * Math.atan(0.5);
    assertThat(delta[0]).isCloseTo((float) (Math.cos(angle) - 1), offset(1e-6f));
    assertThat(Math.abs(delta[1])).isCloseTo((float) Math.sin(angle), offset(1e-6f));
    assertThat(delta[1]).isCloseTo(-delta[2], offset(1e-6f));
  }

  @Test
  void delta_magnitudesOfNoSide_areRefused() {
    lora().part(Part.DORA_SCALE, List.of(3, 1), 1, 1, 1);

    assertThatThrownBy(() -> delta(Kind.LORA, ZEROS))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("'layer.dora_scale' has shape [3, 1], expected [2, 1] for rows");
  }

  @Test
  void delta_anotherModelsShape_namesModuleAndShapes() {
    lora();

    assertThatThrownBy(() -> delta(Kind.LORA, 1, 1, 1, 1, 1, 1))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("module 'layer'")
        .hasMessageContaining("layer.lora_down.weight [2, 2]")
        .hasMessageContaining("(2, 3)");
  }

  @Test
  void delta_strengthBeyondFloat32_isRefused() {
    lora();

    assertThatThrownBy(() -> delta(factors, Kind.LORA, Optional.empty(), 1e39, ZEROS))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("at strength 1.0E39 the change of 'layer' becomes infinite");
  }

  @Test
  void lowRank_strengthBeyondFloat32_isRefused() {
    TensorFile file = lora().write();
    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      LoraModule module = module(file, Kind.LORA, Optional.empty());

      assertThatThrownBy(() -> factors.lowRank(reader, module, 1e37, scope))
          .isInstanceOf(LoraException.class)
          .hasMessageContaining("becomes infinite");
    }
  }

  @Test
  void delta_alphaOfSeveralNumbers_isRefused() {
    lora().part(Part.ALPHA, List.of(2), 1, 1);

    assertThatThrownBy(() -> delta(Kind.LORA, ZEROS))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("'layer.alpha' has shape [2], expected a single number");
  }

  @Test
  void biasDelta_anotherLength_isRefused() {
    TensorFile file =
        part(Part.DIFF, List.of(2, 2), ZEROS).part(Part.DIFF_B, List.of(2), 1, 2).write();
    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      LoraModule module = module(file, Kind.FULL, Optional.empty());
      NDArray bias = Torch.floats(scope, new float[3], 3);

      assertThatThrownBy(() -> factors.biasDelta(reader, module, bias, 1, scope))
          .isInstanceOf(LoraException.class)
          .hasMessageContaining(
              "changes a bias of 2 numbers, but the bias in the checkpoint has 3");
      Optional<NDArray> unknown = factors.biasDelta(reader, module, null, 0.5, scope);
      assertThat(unknown.orElseThrow().toFloatArray()).containsExactly(0.5f, 1);
    }
  }

  /** As in PEFT, the scale multiplies the whole second product. */
  @Test
  void biasDelta_ofAProduct_isScaledByAlphaAndStrength() {
    TensorFile file =
        lora().part(Part.LORA_BIAS, List.of(2), 3, 5).part(Part.ALPHA, List.of(), 1).write();
    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      LoraModule module = module(file, Kind.LORA, Optional.empty());
      NDArray bias = Torch.floats(scope, new float[2], 2);
      assertThat(module.changesBias()).isTrue();
      assertThat(factors.biasDelta(reader, module, bias, 0.8, scope).orElseThrow().toFloatArray())
          .containsExactly(1.2f, 2);
    }
  }

  @Test
  void delta_ofSomeColumns_isThatPartOfTheProduct() {
    TensorFile file = lora().write();
    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      LoraModule module =
          module(file, Kind.LORA, Optional.empty()).columns(new Rows.Span(1, 1), false);
      NDArray none = Torch.floats(scope, new float[2], 2, 1);
      assertThat(factors.delta(reader, module, none, 1, scope).toFloatArray())
          .containsExactly(22, 50);
      LowRank product = factors.lowRank(reader, module, 1, scope).orElseThrow();
      assertThat(product.up().matMul(product.down()).toFloatArray()).containsExactly(22, 50);
    }
  }

  @Test
  void delta_ofAReplacedNorm_isTheSameAtEveryStrength() {
    part(Part.WEIGHT, List.of(4), 1, 2, 3, 4);
    for (double strength : new double[] {1, 0.3}) {
      assertThat(delta(factors, Kind.REPLACED, Optional.empty(), strength, 5, 5, 5, 5))
          .containsExactly(-4, -3, -2, -1);
    }
  }
}
