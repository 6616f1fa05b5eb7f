package dev.sdlora.tensors.number;

/**
 * Widens ggml's blocks of 32 elements. Each begins with a float16 scale. Where elements have 4
 * bits, the low half of byte {@code j} is element {@code j}, the high half element {@code j + 16}.
 */
final class SmallBlocks {
  /** The levels of IQ4_NL and IQ4_XS. */
  private static final byte[] LEVELS = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  private static final int ELEMENTS = 32;
  private static final int HALF = 16;

  private SmallBlocks() {}

  /** Returns one of the 16 levels. */
  static float level(int index) {
    return LEVELS[index];
  }

  /** Returns a float16 number. */
  static float half(byte[] source, int at) {
    return Floats.fromHalf((short) ((source[at] & 0xff) | source[at + 1] << 8));
  }

  static void q8(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int from = block * BlockType.Q8_0.bytes();
      float scale = half(source, from);
      int in = from + 2;
      int out = block * ELEMENTS;
      for (int j = 0; j < ELEMENTS; j++) {
        target[out + j] = scale * source[in + j];
      }
    }
  }

  static void q4(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int from = block * BlockType.Q4_0.bytes();
      float scale = half(source, from);
      int in = from + 2;
      int out = block * ELEMENTS;
      for (int j = 0; j < HALF; j++) {
        target[out + j] = scale * ((source[in + j] & 15) - 8);
        target[out + HALF + j] = scale * ((source[in + j] >> 4 & 15) - 8);
      }
    }
  }

  static void q4WithMinimum(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int from = block * BlockType.Q4_1.bytes();
      float scale = half(source, from);
      float minimum = half(source, from + 2);
      int in = from + 4;
      int out = block * ELEMENTS;
      for (int j = 0; j < HALF; j++) {
        target[out + j] = scale * (source[in + j] & 15) + minimum;
        target[out + HALF + j] = scale * (source[in + j] >> 4 & 15) + minimum;
      }
    }
  }

  static void q5(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int from = block * BlockType.Q5_0.bytes();
      float scale = half(source, from);
      int fifths = integer(source, from + 2);
      int in = from + 6;
      int out = block * ELEMENTS;
      for (int j = 0; j < HALF; j++) {
        int low = (source[in + j] & 15) | (fifths >>> j & 1) << 4;
        int high = (source[in + j] >> 4 & 15) | (fifths >>> (j + HALF) & 1) << 4;
        target[out + j] = scale * (low - 16);
        target[out + HALF + j] = scale * (high - 16);
      }
    }
  }

  static void q5WithMinimum(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int from = block * BlockType.Q5_1.bytes();
      float scale = half(source, from);
      float minimum = half(source, from + 2);
      int fifths = integer(source, from + 4);
      int in = from + 8;
      int out = block * ELEMENTS;
      for (int j = 0; j < HALF; j++) {
        int low = (source[in + j] & 15) | (fifths >>> j & 1) << 4;
        int high = (source[in + j] >> 4 & 15) | (fifths >>> (j + HALF) & 1) << 4;
        target[out + j] = scale * low + minimum;
        target[out + HALF + j] = scale * high + minimum;
      }
    }
  }

  static void levels(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int from = block * BlockType.IQ4_NL.bytes();
      float scale = half(source, from);
      int in = from + 2;
      int out = block * ELEMENTS;
      for (int j = 0; j < HALF; j++) {
        target[out + j] = scale * LEVELS[source[in + j] & 15];
        target[out + HALF + j] = scale * LEVELS[source[in + j] >> 4 & 15];
      }
    }
  }

  private static int integer(byte[] source, int at) {
    return (source[at] & 0xff)
        | (source[at + 1] & 0xff) << 8
        | (source[at + 2] & 0xff) << 16
        | source[at + 3] << 24;
  }
}
