package dev.sdlora.families.denoise;

/**
 * The embedding of the guidance scale for a network that was distilled with guidance (Luo et al.
 * 2023, "Latent Consistency Models", section 4.3): sines and cosines, like a timestep embedding, of
 * {@code 1000 · (scale - 1)}. These networks need no negative condition.
 */
public final class GuidanceEmbedding {
  private static final double STEPS = 1000;
  private static final double LARGEST_PERIOD = 10_000;

  private GuidanceEmbedding() {}

  /**
   * Returns the embedding of a scale.
   *
   * @param scale the guidance scale, 1 for none
   * @param width the width of the embedding; 0 for a network without one
   */
  public static float[] of(double scale, int width) {
    float[] numbers = new float[width];
    int half = width / 2;
    for (int i = 0; i < half; i++) {
      double angle =
          STEPS * (scale - 1) * Math.pow(LARGEST_PERIOD, -(double) i / Math.max(1, half - 1));
      numbers[i] = (float) Math.sin(angle);
      numbers[half + i] = (float) Math.cos(angle);
    }
    return numbers;
  }
}
