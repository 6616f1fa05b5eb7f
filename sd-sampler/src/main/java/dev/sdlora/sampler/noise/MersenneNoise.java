package dev.sdlora.sampler.noise;

/**
 * Normal numbers as drawn by PyTorch's {@code randn} on a CPU: {@link MersenneTwister} and the
 * transform of Box and Muller 1958, in two variants that depend on the length of the draw.
 *
 * <ul>
 *   <li>16 numbers or more: 24-bit uniforms fill the array, then each block of 16 is transformed,
 *       elements j and j+8 together. If the length is not a multiple of 16, the last 16 elements
 *       are drawn again from new uniforms, overwriting part of the last whole block.
 *   <li>Fewer than 16: pairs of 53-bit uniforms, one at a time. A pair gives two numbers; the
 *       second is kept for the next short draw, regardless of long draws in between.
 * </ul>
 */
final class MersenneNoise implements NoiseSource {
  private static final int BLOCK = 16;
  private static final int HALF = BLOCK / 2;

  /** PyTorch computes long draws in float32; the error of its 2π, 3e-8, is visible in their sum. */
  private static final float FLOAT_TWO_PI = (float) (2 * Math.PI);

  private final MersenneTwister twister;
  private double waiting = Double.NaN;

  MersenneNoise(long seed) {
    twister = new MersenneTwister((int) seed);
  }

  @Override
  public float[] next(int count) {
    float[] normals = Noise.room(count);
    if (count >= BLOCK) {
      fillBlocks(normals);
    } else {
      for (int i = 0; i < count; i++) {
        normals[i] = (float) single();
      }
    }
    return normals;
  }

  private void fillBlocks(float[] normals) {
    for (int i = 0; i < normals.length; i++) {
      normals[i] = uniform24();
    }
    for (int start = 0; start + BLOCK <= normals.length; start += BLOCK) {
      transformBlock(normals, start);
    }
    if (normals.length % BLOCK != 0) {
      int start = normals.length - BLOCK;
      for (int i = start; i < normals.length; i++) {
        normals[i] = uniform24();
      }
      transformBlock(normals, start);
    }
  }

  private static void transformBlock(float[] values, int start) {
    for (int j = start; j < start + HALF; j++) {
      // 1 - u is in (0, 1], so the logarithm is finite.
      double radius = Math.sqrt(-2 * Math.log(1.0 - values[j]));
      float angle = FLOAT_TWO_PI * values[j + HALF];
      values[j] = (float) (radius * Math.cos(angle));
      values[j + HALF] = (float) (radius * Math.sin(angle));
    }
  }

  private double single() {
    if (!Double.isNaN(waiting)) {
      double normal = waiting;
      waiting = Double.NaN;
      return normal;
    }
    double angle = 2 * Math.PI * uniform53();
    double radius = Math.sqrt(-2 * Math.log1p(-uniform53()));
    waiting = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Returns a uniform number in [0, 1), a multiple of 2^-24, from the low bits of one word. */
  private float uniform24() {
    return (twister.nextInt() & 0xFFFFFF) * 0x1p-24f;
  }

  /**
   * Returns a uniform number in [0, 1), a multiple of 2^-53, from the low bits of two words, high
   * word first.
   */
  private double uniform53() {
    long high = twister.nextInt();
    long low = Integer.toUnsignedLong(twister.nextInt());
    return ((high << 32 | low) & ((1L << 53) - 1)) * 0x1p-53;
  }
}
