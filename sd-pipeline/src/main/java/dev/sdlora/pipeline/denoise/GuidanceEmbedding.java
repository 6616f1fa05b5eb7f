package dev.sdlora.pipeline.denoise;

/**
 * What a network that was distilled with guidance is told of its scale (Luo et al. 2023, "Latent
 * Consistency Models", section 4.3): sines and cosines, as of a time, of {@code 1000 · (scale -
 * 1)}. Such a network needs no negative side.
 */
public final class GuidanceEmbedding {
  private static final double STEPS = 1000;
  private static final double LARGEST_PERIOD = 10_000;

  private GuidanceEmbedding() {}

  /**
   * The numbers for a scale.
   *
   * @param scale how strongly to guide, 1 for not at all
   * @param width how many numbers the network reads; 0 for none
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
