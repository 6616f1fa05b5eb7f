package dev.sdlora.lora.factors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.format.RowCut;
import dev.sdlora.lora.format.Rows;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Checks that parts of modules for three stacked weights, [18, 6], change each weight like its
 * rows.
 */
class RowCutTest {
  private static final int COUNT = 3;
  private static final int WIDTH = 6;
  private static final int NUMBERS = WIDTH * WIDTH;

  private static Torch torch;
  private static Factors factors;

  @TempDir private Path folder;
  private final Random random = new Random(3);

  @BeforeAll
  static void open() {
    torch = Torch.open("cpu");
    factors = new Factors(torch, new TensorLoader(torch));
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  /** A file with one module that has tensors such as {@code lora_up.weight 18 2}. */
  private LoraFile file(String tensors) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String tensor : tensors.split(", ", -1)) {
      List<String> words = List.of(tensor.split(" ", -1));
      List<Long> shape = words.stream().skip(1).map(Long::valueOf).toList();
      writer.tensor(
          "x." + words.get(0),
          shape,
          floats(shape.stream().reduce(1L, Math::multiplyExact).intValue()),
          DType.F32);
    }
    Path path = folder.resolve("some.safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 0.5f + random.nextFloat();
    }
    return values;
  }

  private static Rows third(int index) {
    return Rows.of(COUNT * WIDTH, (long) index * WIDTH, WIDTH);
  }

  private static float[] delta(
      TensorFile.Reader reader, LoraModule module, float[] weight, NDManager scope) {
    return factors
        .delta(
            reader, module, Torch.floats(scope, weight, weight.length / WIDTH, WIDTH), 0.7, scope)
        .toFloatArray();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lora_up.weight 18 2, lora_down.weight 2 6, alpha",
        "lora_up.weight 18 2, lora_down.weight 2 6, alpha, dora_scale 18 1",
        "lora_A.weight 2 6, lora_B.weight 18 2, lora_magnitude_vector 18",
        "hada_w1_a 18 2, hada_w1_b 2 6, hada_w2_a 18 2, hada_w2_b 2 6, alpha",
        "lokr_w1 3 2, lokr_w2 6 3, alpha",
        "lokr_w1 9 2, lokr_w2_a 2 1, lokr_w2_b 1 3, alpha",
        "lokr_w1_a 6 2, lokr_w1_b 2 3, lokr_w2 3 2, alpha, dora_scale 18 1",
        "a1.weight 6 2, a2.weight 2 6, b1.weight 18 2, b2.weight 2 6, alpha",
        "a1.weight 2 6, a2.weight 6 2, b1.weight 2 6, b2.weight 18 2, alpha",
        "weight 1 6, on_input",
        "lokr_w1 2 2, lokr_w2 9 3",
        "lokr_w1 2 2, lokr_w2 9 3, dora_scale 18 1",
        "lokr_w1 2 3, lokr_w2_a 9 2, lokr_w2_b 2 2, alpha",
        "hada_t1 2 2 1 1, hada_w1_a 2 18, hada_w1_b 2 6, hada_t2 2 2 1 1, hada_w2_a 2 18, hada_w2_b"
            + " 2 6",
        "oft_blocks 3 6 6",
        "oft_blocks 3 6 6, alpha, rescale 18 1",
        "oft_blocks 6 3 3, alpha, dora_scale 18 1",
        "oft_diag 9 2 2"
      })
  void of_module_changesEachWeightAsItDoesItsRows(String tensors) {
    LoraFile file = file(tensors);
    LoraModule whole = file.modules().get(0);
    float[] weight = floats(COUNT * NUMBERS);
    try (TensorFile.Reader reader = file.file().reader();
        NDManager scope = torch.scope()) {
      float[] expected = delta(reader, whole, weight, scope);
      for (int i = 0; i < COUNT; i++) {
        LoraModule part = RowCut.of(whole, third(i)).orElseThrow();
        int from = i * NUMBERS;
        float[] rows = Arrays.copyOfRange(weight, from, from + NUMBERS);
        assertThat(delta(reader, part, rows, scope))
            .containsExactly(Arrays.copyOfRange(expected, from, from + NUMBERS), offset(2e-6f));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lora_up.weight 18 2, lora_down.weight 2 6, alpha",
        "lora_up.weight 18 2, lora_down.weight 2 6, dora_scale 1 6",
        "hada_w1_a 18 2, hada_w1_b 2 6, hada_w2_a 18 2, hada_w2_b 2 6",
        "lokr_w1 2 2, lokr_w2 9 3, dora_scale 18 1",
        "oft_blocks 2 9 9, alpha",
        "diff 18 6"
      })
  void of_swappedHalves_changesTheRowsInTheirOrder(String tensors) {
    LoraFile file = file(tensors);
    LoraModule whole = file.modules().get(0);
    Rows swapped = Rows.swapped(COUNT * WIDTH);
    float[] weight = floats(COUNT * NUMBERS);
    try (TensorFile.Reader reader = file.file().reader();
        NDManager scope = torch.scope()) {
      float[] expected = swapped.of(delta(reader, whole, weight, scope));
      LoraModule part = RowCut.of(whole, swapped).orElseThrow();
      assertThat(delta(reader, part, swapped.of(weight), scope))
          .containsExactly(expected, offset(2e-6f));
      if (Factors.isFactorPair(part)) {
        LowRank pair = factors.lowRank(reader, part, 0.7, scope).orElseThrow();
        assertThat(pair.up().matMul(pair.down()).mul(pair.scale()).toFloatArray())
            .containsExactly(expected, offset(2e-6f));
      }
    }
  }

  @Test
  void of_swappedBias_isSwapped() {
    LoraFile file = file("diff_b 18");
    LoraModule part = RowCut.of(file.modules().get(0), Rows.swapped(18)).orElseThrow();
    try (TensorFile.Reader reader = file.file().reader();
        NDManager scope = torch.scope()) {
      float[] stored = reader.floats(part.part(Part.DIFF_B));
      NDArray bias = Torch.floats(scope, new float[18], 18);
      assertThat(factors.biasDelta(reader, part, bias, 1, scope).orElseThrow().toFloatArray())
          .containsExactly(Rows.swapped(18).of(stored));
    }
  }

  @Test
  void of_layersOfOtherSizes_areCutAtTheirBorders() {
    LoraFile file = file("lokr_w1 2 2, lokr_w2 9 3");
    LoraModule whole = file.modules().get(0);
    float[] weight = new float[COUNT * NUMBERS];
    try (TensorFile.Reader reader = file.file().reader();
        NDManager scope = torch.scope()) {
      float[] expected = delta(reader, whole, weight, scope);
      int from = 0;
      for (Rows rows : Rows.stacked(List.of(2L, 4L, 12L))) {
        LoraModule part = RowCut.of(whole, rows).orElseThrow();
        int to = from + (int) rows.count() * WIDTH;
        assertThat(delta(reader, part, new float[to - from], scope))
            .containsExactly(Arrays.copyOfRange(expected, from, to), offset(2e-6f));
        from = to;
      }
    }
  }

  @Test
  void of_factorsOfRows_areCut() {
    LoraModule whole = file("weight 18 1, on_input").modules().get(0);
    LoraModule part = RowCut.of(whole, third(1)).orElseThrow();
    assertThat(part.part(Part.WEIGHT).shape()).containsExactly(6L, 1L);
    assertThat(part.part(Part.WEIGHT).offset())
        .isEqualTo(whole.part(Part.WEIGHT).offset() + 4 * WIDTH);
  }

  @Test
  void of_wholeDifference_isCutWithItsBias() {
    LoraFile file = file("diff 18 6, diff_b 18");
    LoraModule whole = file.modules().get(0);
    try (TensorFile.Reader reader = file.file().reader()) {
      float[] bias = reader.floats(whole.part(Part.DIFF_B));
      LoraModule last = RowCut.of(whole, third(2)).orElseThrow();
      assertThat(last.part(Part.DIFF).shape()).containsExactly(6L, 6L);
      assertThat(reader.floats(last.part(Part.DIFF_B)))
          .containsExactly(Arrays.copyOfRange(bias, 2 * WIDTH, 3 * WIDTH));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lora_up.weight 18 2, lora_down.weight 2 6, dora_scale 1 6",
        "lokr_w1 2 2, lokr_w2 9 3, dora_scale 1 6",
        "oft_blocks 2 9 9",
        "oft_blocks 1 2 9 9",
        "oft_blocks 2 3 6 6",
        "oft_diag 2 9 9"
      })
  void of_moduleThatGoesAcrossTheBorders_isNotCut(String tensors) {
    LoraModule whole = file(tensors).modules().get(0);
    assertThat(RowCut.of(whole, third(0))).isEqualTo(Optional.empty());
  }
}
