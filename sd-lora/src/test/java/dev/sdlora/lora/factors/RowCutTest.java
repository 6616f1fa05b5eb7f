package dev.sdlora.lora.factors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.format.RowCut;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
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
        "weight 1 6, on_input"
      })
  void of_module_changesEachWeightAsItDoesItsRows(String tensors) {
    LoraFile file = file(tensors);
    LoraModule whole = file.modules().get(0);
    float[] weight = floats(COUNT * NUMBERS);
    try (TensorFile.Reader reader = file.file().reader();
        NDManager scope = torch.scope()) {
      float[] expected = delta(reader, whole, weight, scope);
      for (int i = 0; i < COUNT; i++) {
        LoraModule part = RowCut.of(whole, COUNT * WIDTH, COUNT, i).orElseThrow();
        int from = i * NUMBERS;
        float[] rows = Arrays.copyOfRange(weight, from, from + NUMBERS);
        assertThat(delta(reader, part, rows, scope))
            .containsExactly(Arrays.copyOfRange(expected, from, from + NUMBERS), offset(2e-6f));
      }
    }
  }

  @Test
  void of_factorsOfRows_areCut() {
    LoraModule whole = file("weight 18 1, on_input").modules().get(0);
    LoraModule part = RowCut.of(whole, COUNT * WIDTH, COUNT, 1).orElseThrow();
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
      LoraModule last = RowCut.of(whole, COUNT * WIDTH, COUNT, 2).orElseThrow();
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
        "lokr_w1 2 2, lokr_w2 9 3",
        "oft_blocks 3 6 6",
        "oft_blocks 1 3 6 6",
        "oft_diag 3 6 6"
      })
  void of_moduleThatGoesAcrossTheBorders_isNotCut(String tensors) {
    LoraModule whole = file(tensors).modules().get(0);
    assertThat(RowCut.of(whole, COUNT * WIDTH, COUNT, 0)).isEqualTo(Optional.empty());
  }
}
