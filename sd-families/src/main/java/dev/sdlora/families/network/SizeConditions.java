package dev.sdlora.families.network;

/**
 * The size conditioning of SDXL: each number is embedded as sines and cosines, like the timestep
 * (Podell et al. 2023, "SDXL", section 2.2).
 */
public final class SizeConditions {
  private static final double LARGEST_PERIOD = 10_000;

  private SizeConditions() {}

  /**
   * Appends embedded numbers to the pooled text.
   *
   * @param pooled the pooled text embedding
   * @param numbers the sizes and scores
   * @param width length of the result; the space after the text is divided evenly
   */
  public static float[] vector(float[] pooled, double[] numbers, int width) {
    float[] vector = new float[width];
    System.arraycopy(pooled, 0, vector, 0, pooled.length);
    int each = (width - pooled.length) / numbers.length;
    int half = each / 2;
    for (int i = 0; i < numbers.length; i++) {
      int at = pooled.length + i * each;
      for (int j = 0; j < half; j++) {
        double angle = numbers[i] * Math.pow(LARGEST_PERIOD, -(double) j / half);
        vector[at + j] = (float) Math.cos(angle);
        vector[at + half + j] = (float) Math.sin(angle);
      }
    }
    return vector;
  }
}
