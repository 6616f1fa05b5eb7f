package dev.sdlora.tensors.number;

/**
 * Widens ggml's blocks of 256 elements, whose parts have small scales of their own. A part's scale
 * times that of the block is rounded to float32 first, then multiplied by each element.
 */
final class LargeBlocks {
  private static final int ELEMENTS = 256;

  /** The elements of a part, or of two parts of 16. */
  private static final int PART = 32;

  private LargeBlocks() {}

  static void q2(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int scales = block * BlockType.Q2_K.bytes();
      int in = scales + 16;
      float scale = SmallBlocks.half(source, in + 64);
      float minimum = SmallBlocks.half(source, in + 66);
      for (int part = 0; part < 16; part++) {
        float factor = scale * (source[scales + part] & 15);
        float less = minimum * (source[scales + part] >> 4 & 15);
        int shift = part / 2 % 4 * 2;
        int from = in + part / 8 * PART + part % 2 * 16;
        int out = block * ELEMENTS + part * 16;
        for (int j = 0; j < 16; j++) {
          target[out + j] = factor * (source[from + j] >> shift & 3) - less;
        }
      }
    }
  }

  static void q3(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int thirds = block * BlockType.Q3_K.bytes();
      int in = thirds + 32;
      int scales = in + 64;
      float scale = SmallBlocks.half(source, scales + 12);
      for (int part = 0; part < 16; part++) {
        int low = source[scales + part % 8] >> (part / 8 * 4) & 15;
        int high = source[scales + 8 + part % 4] >> (part / 4 * 2) & 3;
        float factor = scale * ((low | high << 4) - 32);
        int bit = part / 2;
        int shift = bit % 4 * 2;
        int from = in + part / 8 * PART + part % 2 * 16;
        int third = thirds + part % 2 * 16;
        int out = block * ELEMENTS + part * 16;
        for (int j = 0; j < 16; j++) {
          int value = (source[from + j] >> shift & 3) | (source[third + j] >> bit & 1) << 2;
          target[out + j] = factor * (value - 4);
        }
      }
    }
  }

  static void q4(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int from = block * BlockType.Q4_K.bytes();
      float scale = SmallBlocks.half(source, from);
      float minimum = SmallBlocks.half(source, from + 2);
      for (int part = 0; part < 8; part++) {
        float factor = scale * scale(source, from + 4, part);
        float less = minimum * minimum(source, from + 4, part);
        int shift = part % 2 * 4;
        int in = from + 16 + part / 2 * PART;
        int out = block * ELEMENTS + part * PART;
        for (int j = 0; j < PART; j++) {
          target[out + j] = factor * (source[in + j] >> shift & 15) - less;
        }
      }
    }
  }

  static void q5(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int from = block * BlockType.Q5_K.bytes();
      float scale = SmallBlocks.half(source, from);
      float minimum = SmallBlocks.half(source, from + 2);
      int fifths = from + 16;
      for (int part = 0; part < 8; part++) {
        float factor = scale * scale(source, from + 4, part);
        float less = minimum * minimum(source, from + 4, part);
        int shift = part % 2 * 4;
        int in = from + 48 + part / 2 * PART;
        int out = block * ELEMENTS + part * PART;
        for (int j = 0; j < PART; j++) {
          int value = (source[in + j] >> shift & 15) | (source[fifths + j] >> part & 1) << 4;
          target[out + j] = factor * value - less;
        }
      }
    }
  }

  static void q6(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int from = block * BlockType.Q6_K.bytes();
      int scales = from + 192;
      float scale = SmallBlocks.half(source, scales + 16);
      for (int part = 0; part < 16; part++) {
        float factor = scale * source[scales + part];
        int row = part / 2;
        int side = part % 2 * 16;
        int low = from + row / 4 * 64 + row % 2 * PART + side;
        int lowShift = row / 2 % 2 * 4;
        int high = from + 128 + row / 4 * PART + side;
        int highShift = row % 4 * 2;
        int out = block * ELEMENTS + part * 16;
        for (int j = 0; j < 16; j++) {
          int value = (source[low + j] >> lowShift & 15) | (source[high + j] >> highShift & 3) << 4;
          target[out + j] = factor * (value - 32);
        }
      }
    }
  }

  static void levels(byte[] source, int blocks, float[] target) {
    for (int block = 0; block < blocks; block++) {
      int from = block * BlockType.IQ4_XS.bytes();
      float scale = SmallBlocks.half(source, from);
      int highs = (source[from + 2] & 0xff) | (source[from + 3] & 0xff) << 8;
      for (int part = 0; part < 8; part++) {
        int low = source[from + 4 + part / 2] >> (part % 2 * 4) & 15;
        float factor = scale * ((low | (highs >> (2 * part) & 3) << 4) - 32);
        int in = from + 8 + part * 16;
        int out = block * ELEMENTS + part * PART;
        for (int j = 0; j < 16; j++) {
          target[out + j] = factor * SmallBlocks.level(source[in + j] & 15);
          target[out + 16 + j] = factor * SmallBlocks.level(source[in + j] >> 4 & 15);
        }
      }
    }
  }

  /** Returns the 6-bit scale of a part in Q4_K and Q5_K. */
  private static int scale(byte[] source, int at, int part) {
    return part < 4
        ? source[at + part] & 63
        : (source[at + part + 4] & 15) | (source[at + part - 4] >> 6 & 3) << 4;
  }

  /** Returns the 6-bit minimum of a part in Q4_K and Q5_K. */
  private static int minimum(byte[] source, int at, int part) {
    return part < 4
        ? source[at + part + 4] & 63
        : (source[at + part + 4] >> 4 & 15) | (source[at + part] >> 6 & 3) << 4;
  }
}
