package dev.sdlora.tensors.number;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.tensors.file.TensorFile;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rounding to blocks, compared with the blocks that ggml wrote for the same rows. */
final class BlockRoundingTest {
  private static final int ROWS = 12;
  private static final int COLUMNS = 256;

  private static TensorFile resource(String name) {
    try {
      URL url = Objects.requireNonNull(TensorFile.class.getResource("gguf/" + name));
      return TensorFile.open(Path.of(url.toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static float[] rows() {
    TensorFile file = resource("rows.safetensors");
    try (TensorFile.Reader reader = file.reader()) {
      return reader.floats(file.find("x").orElseThrow());
    }
  }

  private static byte[] ofGgml(BlockType type) {
    TensorFile file = resource("blocks.safetensors");
    try (TensorFile.Reader reader = file.reader()) {
      return reader.bytes(file.find(type + ".bytes").orElseThrow()).array();
    }
  }

  private static byte[] encoded(BlockType type, float[] values) {
    int blocks = values.length / type.elements();
    byte[] bytes = new byte[blocks * type.bytes()];
    type.encode(values, blocks, bytes);
    return bytes;
  }

  private static float[] decoded(BlockType type, byte[] bytes) {
    int blocks = bytes.length / type.bytes();
    float[] values = new float[blocks * type.elements()];
    type.decode(bytes, blocks, values);
    return values;
  }

  private static double error(float[] values, float[] expected, int from, int count) {
    double squares = 0;
    for (int i = from; i < from + count; i++) {
      double difference = (double) values[i] - expected[i];
      squares += difference * difference;
    }
    return Math.sqrt(squares / count);
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
  void encode_blocksOf32_areThoseOfGgml(BlockType type) {
    assertThat(encoded(type, rows())).containsExactly(ofGgml(type));
  }

  @ParameterizedTest
  @EnumSource(names = {"Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"})
  void encode_blocksOf256_haveNoLargerErrorThanGgml(BlockType type) {
    float[] rows = rows();
    float[] ours = decoded(type, encoded(type, rows));
    float[] ggml = decoded(type, ofGgml(type));
    for (int row = 0; row < ROWS; row++) {
      double most = 1.05 * error(ggml, rows, row * COLUMNS, COLUMNS);
      assertThat(error(ours, rows, row * COLUMNS, COLUMNS))
          .as("row %s", row)
          .isLessThanOrEqualTo(most);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {"IQ4_NL", "IQ4_XS"},
      mode = EnumSource.Mode.EXCLUDE)
  void encode_zeros_areZeros(BlockType type) {
    assertThat(decoded(type, encoded(type, new float[2 * COLUMNS])))
        .usingComparatorWithPrecision(0f)
        .containsOnly(0);
  }

  @Test
  void encode_unevenLevels_areRefused() {
    assertThat(BlockType.IQ4_NL.isWritable()).isFalse();
    assertThatThrownBy(() -> BlockType.IQ4_NL.encode(new float[32], 1, new byte[18]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("blocks of this type cannot be written: IQ4_NL");
  }

  /** The error is at most that of an even grid over the range of each part. */
  @Property(tries = 200)
  void encode_anyRow_isWithinTheStepsOfItsFormat(
      @ForAll Random random, @ForAll @IntRange(min = -8, max = 12) int exponent) {
    float[] row = new float[COLUMNS];
    float scale = (float) Math.scalb(1.0, exponent);
    float offset = random.nextInt(3) == 0 ? random.nextFloat() * 3 - 1.5f : 0;
    for (int i = 0; i < COLUMNS; i++) {
      row[i] = scale * (float) (random.nextGaussian() + offset);
    }
    float largest = 0;
    for (float value : row) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (BlockType type : BlockType.values()) {
      if (type.isWritable()) {
        float[] written = decoded(type, encoded(type, row));
        double step =
            switch (type) {
              case Q8_0 -> 1.02 / 127;
              case Q6_K -> 1.5 / 32;
              case Q5_0, Q5_1, Q5_K -> 3.0 / 31;
              case Q4_0, Q4_1, Q4_K -> 3.0 / 15;
              case Q3_K -> 3.0 / 7;
              default -> 1;
            };
        double most = largest * step + Math.scalb(1.0, -16);
        for (int i = 0; i < COLUMNS; i++) {
          assertThat(Math.abs(written[i] - row[i]))
              .as("%s", type)
              .isLessThanOrEqualTo((float) most);
        }
        assertThat(error(written, row, 0, COLUMNS))
            .isLessThanOrEqualTo(error(new float[COLUMNS], row, 0, COLUMNS) + Math.scalb(1.0, -16));
      }
    }
  }

  /** Formats whose scale comes from the largest value keep values that were rounded once. */
  @Property(tries = 100)
  void encode_valuesOfQ8_stayTheSame(@ForAll Random random) {
    float[] row = new float[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      row[i] = (random.nextInt(255) - 127) * 0.5f;
    }
    for (int block = 0; block < COLUMNS; block += 32) {
      row[block] = 63.5f;
    }
    assertThat(decoded(BlockType.Q8_0, encoded(BlockType.Q8_0, row))).containsExactly(row);
    assertThat(Arrays.equals(encoded(BlockType.Q8_0, row), encoded(BlockType.Q8_0, row.clone())))
        .isTrue();
  }
}
