package dev.sdlora.sampler.noise;

/**
 * Normal numbers as drawn by PyTorch's {@code randn} on a CUDA device: Philox 4x32 with ten rounds
 * (Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3") and one branch of the
 * Box-Muller transform.
 *
 * <p>The only state of the generator is a count of calls. Element {@code i} of call {@code c} comes
 * from the counter words (c, 0, i, 0) under the key (low half of the seed, high half), so a shorter
 * draw is a prefix of a longer one. Two of the four resulting words are used.
 */
final class PhiloxNoise implements NoiseSource {
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int KEY_STEP_0 = 0x9E3779B9;
  private static final int KEY_STEP_1 = 0xBB67AE85;
  private static final double TWO_POW_MINUS_32 = 0x1p-32;

  /** CUDA's constant is a float; its error of 3e-8 is visible in the sum of a long draw. */
  private static final float FLOAT_TWO_PI = (float) (2 * Math.PI);

  private final long seed;
  private int calls;

  PhiloxNoise(long seed) {
    this.seed = seed;
  }

  @Override
  public float[] next(int count) {
    float[] normals = Noise.room(count);
    for (int i = 0; i < count; i++) {
      normals[i] = normal(i);
    }
    calls++;
    return normals;
  }

  private float normal(int element) {
    int word0 = calls;
    int word1 = 0;
    int word2 = element;
    int word3 = 0;
    int key0 = (int) seed;
    int key1 = (int) (seed >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * Integer.toUnsignedLong(word0);
      long product1 = MULTIPLIER_1 * Integer.toUnsignedLong(word2);
      word0 = (int) (product1 >>> 32) ^ word1 ^ key0;
      word1 = (int) product1;
      word2 = (int) (product0 >>> 32) ^ word3 ^ key1;
      word3 = (int) product0;
      key0 += KEY_STEP_0;
      key1 += KEY_STEP_1;
    }
    return boxMuller(word0, word1);
  }

  /** Adds half a unit to both words, so the argument of the logarithm is never 0. */
  private static float boxMuller(int radiusBits, int angleBits) {
    double u = (Integer.toUnsignedLong(radiusBits) + 0.5) * TWO_POW_MINUS_32;
    double v = (Integer.toUnsignedLong(angleBits) + 0.5) * TWO_POW_MINUS_32 * FLOAT_TWO_PI;
    return (float) (Math.sqrt(-2 * Math.log(u)) * Math.sin(v));
  }
}
