package dev.sdlora.families.network;

import dev.sdlora.api.model.ModelFamily;

/**
 * The size conditioning of SDXL: each number is embedded as sines and cosines, like the timestep
 * (Podell et al. 2023, "SDXL", section 2.2).
 */
public final class SizeConditions {
  private static final double LARGEST_PERIOD = 10_000;

  private SizeConditions() {}

  /**
   * Returns how many numbers a family's U-Net takes: original height and width, top and left of the
   * crop, and target height and width; the refiner takes an aesthetic score instead of the last
   * two.
   */
  public static int count(ModelFamily family) {
    return family == ModelFamily.SDXL_REFINER ? 5 : 6;
  }

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
