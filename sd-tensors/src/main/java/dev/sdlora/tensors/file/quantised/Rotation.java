package dev.sdlora.tensors.file.quantised;

import java.util.Arrays;

/**
 * Multiplies groups of inputs by a Hadamard matrix: the Kronecker power of {@code ½ [[1,1,1,-1],
 * [1,1,-1,1], [1,-1,1,1], [-1,1,1,1]]}, which is symmetric and its own inverse. Immutable.
 */
final class Rotation {
  /** Bits 0, 2, 4 and so on: the lower bits of the digits in base 4. */
  private static final int LOWER_BITS = 0x5555_5555;

  private final float[][] matrix;

  /**
   * Creates a rotation.
   *
   * @param group the number of inputs in a group, a power of 4
   */
  Rotation(int group) {
    matrix = new float[group][group];
    float element = (float) (1 / Math.sqrt(group));
    for (int row = 0; row < group; row++) {
      for (int column = 0; column < group; column++) {
        // A factor is negative where two digits in base 4 add up to 3.
        int different = row ^ column;
        int negative = different & different >>> 1 & LOWER_BITS;
        matrix[row][column] = Integer.bitCount(negative) % 2 == 0 ? element : -element;
      }
    }
  }

  /** Returns the number of inputs in a group. */
  int group() {
    return matrix.length;
  }

  /**
   * Rotates all groups of an array. The products, every one exact, are added in float32 in the
   * order of the inputs, which gives the bits of ComfyUI's product.
   */
  void rotate(float[] values) {
    float[] sums = new float[matrix.length];
    for (int start = 0; start < values.length; start += matrix.length) {
      Arrays.fill(sums, 0);
      for (int i = 0; i < matrix.length; i += 2) {
        int at = start + i;
        add(matrix[i], values[at], matrix[i + 1], values[at + 1], sums);
      }
      System.arraycopy(sums, 0, values, start, sums.length);
    }
  }

  /** Adds two multiples; one loop for both reads and writes the sums once. */
  private static void add(float[] row, float factor, float[] next, float nextFactor, float[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = sums[i] + factor * row[i] + nextFactor * next[i];
    }
  }
}
