package dev.sdlora.tensors.number;

import java.util.Arrays;

/**
 * Rounds floats to ggml's blocks of 32 elements, the inverse of {@link SmallBlocks}. The results
 * are those of ggml's reference implementation, bit for bit: the scale is computed in float32, and
 * elements are divided by that number, not by the float16 that is stored.
 */
final class SmallRounding {
  private static final int ELEMENTS = 32;
  private static final int HALF = 16;

  private SmallRounding() {}

  static void q8(float[] source, int blocks, byte[] target) {
    for (int block = 0; block < blocks; block++) {
      int in = block * ELEMENTS;
      int out = block * BlockType.Q8_0.bytes();
      float largest = 0;
      for (int j = 0; j < ELEMENTS; j++) {
        largest = Math.max(largest, Math.abs(source[in + j]));
      }
      float scale = largest / 127;
      float inverse = inverse(scale);
      half(scale, target, out);
      for (int j = 0; j < ELEMENTS; j++) {
        float value = source[in + j] * inverse;
        int whole = (int) value;
        // The rest is exact; halves are rounded away from zero.
        target[out + 2 + j] = (byte) (whole + (int) (2 * (value - whole)));
      }
    }
  }

  static void q4(float[] source, int blocks, byte[] target) {
    int[] codes = new int[ELEMENTS];
    for (int block = 0; block < blocks; block++) {
      int out = block * BlockType.Q4_0.bytes();
      half(codes(source, block * ELEMENTS, 8, codes), target, out);
      nibbles(codes, target, out + 2);
    }
  }

  static void q5(float[] source, int blocks, byte[] target) {
    int[] codes = new int[ELEMENTS];
    for (int block = 0; block < blocks; block++) {
      int out = block * BlockType.Q5_0.bytes();
      half(codes(source, block * ELEMENTS, 16, codes), target, out);
      fifths(codes, target, out + 2);
      nibbles(codes, target, out + 6);
    }
  }

  static void q4WithMinimum(float[] source, int blocks, byte[] target) {
    int[] codes = new int[ELEMENTS];
    for (int block = 0; block < blocks; block++) {
      int out = block * BlockType.Q4_1.bytes();
      codesWithMinimum(source, block * ELEMENTS, 15, codes, target, out);
      nibbles(codes, target, out + 4);
    }
  }

  static void q5WithMinimum(float[] source, int blocks, byte[] target) {
    int[] codes = new int[ELEMENTS];
    for (int block = 0; block < blocks; block++) {
      int out = block * BlockType.Q5_1.bytes();
      codesWithMinimum(source, block * ELEMENTS, 31, codes, target, out);
      fifths(codes, target, out + 4);
      nibbles(codes, target, out + 8);
    }
  }

  /**
   * Computes codes from 0 to {@code 2·middle − 1}; the value farthest from zero becomes code 0.
   *
   * @return the scale
   */
  private static float codes(float[] source, int in, int middle, int[] codes) {
    float largest = 0;
    float signed = 0;
    for (int j = 0; j < ELEMENTS; j++) {
      float magnitude = Math.abs(source[in + j]);
      if (magnitude > largest) {
        largest = magnitude;
        signed = source[in + j];
      }
    }
    float scale = signed / -middle;
    float inverse = inverse(scale);
    for (int j = 0; j < ELEMENTS; j++) {
      codes[j] = Math.min(2 * middle - 1, (int) (source[in + j] * inverse + (middle + 0.5f)));
    }
    return scale;
  }

  /** Computes codes from 0 to {@code largest}, and writes the scale and the minimum. */
  private static void codesWithMinimum(
      float[] source, int in, int largest, int[] codes, byte[] target, int out) {
    float low = source[in];
    float high = source[in];
    for (int j = 1; j < ELEMENTS; j++) {
      low = Math.min(low, source[in + j]);
      high = Math.max(high, source[in + j]);
    }
    float scale = (high - low) / largest;
    float inverse = inverse(scale);
    half(scale, target, out);
    half(low, target, out + 2);
    for (int j = 0; j < ELEMENTS; j++) {
      codes[j] = Math.min(largest, (int) ((source[in + j] - low) * inverse + 0.5f));
    }
  }

  private static float inverse(float scale) {
    return scale == 0 ? 0 : 1 / scale;
  }

  /** Writes the lower 4 bits of codes. */
  private static void nibbles(int[] codes, byte[] target, int at) {
    for (int j = 0; j < HALF; j++) {
      target[at + j] = (byte) ((codes[j] & 15) | (codes[j + HALF] & 15) << 4);
    }
  }

  /** Writes the fifth bits of codes. */
  private static void fifths(int[] codes, byte[] target, int at) {
    Arrays.fill(target, at, at + 4, (byte) 0);
    for (int j = 0; j < ELEMENTS; j++) {
      target[at + j / 8] |= (byte) ((codes[j] >> 4 & 1) << (j % 8));
    }
  }

  /** Writes the nearest float16 number. */
  static void half(float value, byte[] target, int at) {
    short half = Floats.toHalf(value);
    target[at] = (byte) half;
    target[at + 1] = (byte) (half >> 8);
  }
}
