package dev.sdlora.tensors.number;

import java.util.Arrays;

/**
 * Rounds floats to ggml's blocks of 256 elements, the inverse of {@link LargeBlocks}. The scales
 * and minimums of the parts are those with the smallest sum of squared errors that {@link PartFit}
 * finds; ggml's own search differs in details, so the bytes do too. Not thread-safe.
 */
final class LargeRounding {
  private static final int ELEMENTS = 256;

  /** Elements with a common shift in a byte. */
  private static final int GROUP = 32;

  /** Steps by which the largest scale is lowered, to try several units. */
  private static final float[] STEPS_LESS = {0, 0.3f, 0.7f, 1.2f};

  private final int[] codes = new int[ELEMENTS];
  private final int[] scales = new int[16];
  private final int[] minimums = new int[16];
  private final float[] wantedScales = new float[16];
  private final float[] wantedMinimums = new float[16];

  void q2(float[] source, int blocks, byte[] target) {
    PartFit fit = new PartFit(16);
    for (int block = 0; block < blocks; block++) {
      int out = block * BlockType.Q2_K.bytes();
      Arrays.fill(target, out, out + BlockType.Q2_K.bytes(), (byte) 0);
      withMinimums(fit, source, block * ELEMENTS, 3, 15, target, out + 80);
      for (int part = 0; part < 16; part++) {
        target[out + part] = (byte) (scales[part] | minimums[part] << 4);
      }
      pairs(target, out + 16);
    }
  }

  void q3(float[] source, int blocks, byte[] target) {
    PartFit fit = new PartFit(16);
    for (int block = 0; block < blocks; block++) {
      int out = block * BlockType.Q3_K.bytes();
      Arrays.fill(target, out, out + BlockType.Q3_K.bytes(), (byte) 0);
      signed(fit, source, block * ELEMENTS, 4, 32, target, out + 108);
      for (int part = 0; part < 16; part++) {
        int scale = scales[part] + 32;
        target[out + 96 + part % 8] |= (byte) ((scale & 15) << (part / 8 * 4));
        target[out + 104 + part % 4] |= (byte) ((scale >> 4) << (part / 4 * 2));
      }
      for (int i = 0; i < ELEMENTS; i++) {
        target[out + i % GROUP] |= (byte) ((codes[i] >> 2 & 1) << (i / GROUP));
      }
      pairs(target, out + 32);
    }
  }

  void q4(float[] source, int blocks, byte[] target) {
    PartFit fit = new PartFit(32);
    for (int block = 0; block < blocks; block++) {
      int out = block * BlockType.Q4_K.bytes();
      Arrays.fill(target, out, out + BlockType.Q4_K.bytes(), (byte) 0);
      withMinimums(fit, source, block * ELEMENTS, 15, 63, target, out);
      sixBits(target, out + 4);
      halves(target, out + 16);
    }
  }

  void q5(float[] source, int blocks, byte[] target) {
    PartFit fit = new PartFit(32);
    for (int block = 0; block < blocks; block++) {
      int out = block * BlockType.Q5_K.bytes();
      Arrays.fill(target, out, out + BlockType.Q5_K.bytes(), (byte) 0);
      withMinimums(fit, source, block * ELEMENTS, 31, 63, target, out);
      sixBits(target, out + 4);
      for (int i = 0; i < ELEMENTS; i++) {
        target[out + 16 + i % GROUP] |= (byte) ((codes[i] >> 4 & 1) << (i / GROUP));
      }
      halves(target, out + 48);
    }
  }

  void q6(float[] source, int blocks, byte[] target) {
    PartFit fit = new PartFit(16);
    for (int block = 0; block < blocks; block++) {
      int out = block * BlockType.Q6_K.bytes();
      Arrays.fill(target, out, out + BlockType.Q6_K.bytes(), (byte) 0);
      signed(fit, source, block * ELEMENTS, 32, 128, target, out + 208);
      for (int part = 0; part < 16; part++) {
        target[out + 192 + part] = (byte) scales[part];
      }
      for (int i = 0; i < ELEMENTS; i++) {
        int row = i / GROUP;
        int low = out + row / 4 * 64 + row % 2 * GROUP + i % GROUP;
        target[low] |= (byte) ((codes[i] & 15) << (row / 2 % 2 * 4));
        target[out + 128 + row / 4 * GROUP + i % GROUP] |=
            (byte) ((codes[i] >> 4) << (row % 4 * 2));
      }
    }
  }

  /**
   * Finds codes, scales and minimums, and writes the scale of the scales and that of the minimums.
   *
   * @param largest the largest code
   * @param steps the largest scale and minimum
   */
  private void withMinimums(
      PartFit fit, float[] source, int in, int largest, int steps, byte[] target, int out) {
    int parts = ELEMENTS / fit.elements();
    float scale = 0;
    float minimum = 0;
    for (int part = 0; part < parts; part++) {
      fit.load(source, in + part * fit.elements());
      fit.findLine(largest);
      wantedScales[part] = fit.scale();
      wantedMinimums[part] = fit.minimum();
      scale = Math.max(scale, fit.scale());
      minimum = Math.max(minimum, fit.minimum());
    }
    float unit = unit(scale / steps, target, out);
    float minimumUnit = unit(minimum / steps, target, out + 2);
    for (int part = 0; part < parts; part++) {
      fit.load(source, in + part * fit.elements());
      fit.roundLine(largest, steps, unit, minimumUnit, wantedScales[part], wantedMinimums[part]);
      scales[part] = fit.roundedScale();
      minimums[part] = fit.roundedMinimum();
      fit.codes(codes, part * fit.elements(), 0);
    }
  }

  /**
   * Finds codes and signed scales, and writes the scale of the scales.
   *
   * @param middle the code of zero
   * @param steps the largest magnitude of a scale, for negative ones
   */
  private void signed(
      PartFit fit, float[] source, int in, int middle, int steps, byte[] target, int out) {
    int parts = ELEMENTS / fit.elements();
    float farthest = 0;
    for (int part = 0; part < parts; part++) {
      fit.load(source, in + part * fit.elements());
      fit.findFactor(middle);
      wantedScales[part] = fit.scale();
      if (Math.abs(fit.scale()) > Math.abs(farthest)) {
        farthest = fit.scale();
      }
    }
    float least = Float.POSITIVE_INFINITY;
    int[] found = new int[ELEMENTS];
    int[] foundScales = new int[parts];
    byte[] unitBytes = new byte[2];
    for (float less : STEPS_LESS) {
      float unit = unit(farthest / (less - steps), unitBytes, 0);
      float error = 0;
      for (int part = 0; part < parts; part++) {
        fit.load(source, in + part * fit.elements());
        error += fit.roundFactor(middle, steps, unit, wantedScales[part]);
        foundScales[part] = fit.roundedScale();
        fit.codes(found, part * fit.elements(), middle);
      }
      // The error is infinite for a unit beyond the range of float16, which is written as infinity.
      if (error < least || least == Float.POSITIVE_INFINITY) {
        least = error;
        System.arraycopy(found, 0, codes, 0, ELEMENTS);
        System.arraycopy(foundScales, 0, scales, 0, parts);
        System.arraycopy(unitBytes, 0, target, out, unitBytes.length);
      }
    }
  }

  /** Writes a number as float16 and returns that; at least the smallest unless it is 0. */
  private static float unit(float wanted, byte[] target, int at) {
    float unit = wanted;
    if (wanted != 0 && Math.abs(wanted) < 0x1p-24f) {
      unit = Math.copySign(0x1p-24f, wanted);
    }
    SmallRounding.half(unit, target, at);
    return SmallBlocks.half(target, at);
  }

  /** Writes the lowest 2 bits of all codes, four in a byte. */
  private void pairs(byte[] target, int at) {
    for (int i = 0; i < ELEMENTS; i++) {
      int group = i / GROUP;
      target[at + group / 4 * GROUP + i % GROUP] |= (byte) ((codes[i] & 3) << (group % 4 * 2));
    }
  }

  /** Writes the lowest 4 bits of all codes, two in a byte. */
  private void halves(byte[] target, int at) {
    for (int i = 0; i < ELEMENTS; i++) {
      int group = i / GROUP;
      target[at + group / 2 * GROUP + i % GROUP] |= (byte) ((codes[i] & 15) << (group % 2 * 4));
    }
  }

  /** Writes 8 scales and 8 minimums of 6 bits. */
  private void sixBits(byte[] target, int at) {
    for (int part = 0; part < 4; part++) {
      target[at + part] = (byte) (scales[part] | scales[part + 4] >> 4 << 6);
      target[at + part + 4] = (byte) (minimums[part] | minimums[part + 4] >> 4 << 6);
      target[at + part + 8] = (byte) ((scales[part + 4] & 15) | (minimums[part + 4] & 15) << 4);
    }
  }
}
