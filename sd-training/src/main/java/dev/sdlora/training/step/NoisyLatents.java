package dev.sdlora.training.step;

import dev.sdlora.sampler.schedule.NoiseLevels;

/**
 * A batch of latents with noise on them, as the U-Net sees it in training (Ho et al. 2020): {@code
 * x = √ᾱ · x0 + √(1 - ᾱ) · noise}.
 */
public final class NoisyLatents {
  private NoisyLatents() {}

  /**
   * Mixes latents and noise.
   *
   * @param latents [batch][elements], at unit variance
   * @param noise of the same size
   * @param times a time step for each member of the batch
   * @return a new array
   */
  public static float[] mix(float[] latents, float[] noise, int[] times, NoiseLevels levels) {
    float[] mixed = new float[latents.length];
    int elements = latents.length / times.length;
    for (int b = 0; b < times.length; b++) {
      double sigma = levels.timeToSigma(times[b]);
      double signal = 1 / Math.sqrt(1 + sigma * sigma);
      for (int i = b * elements; i < (b + 1) * elements; i++) {
        mixed[i] = (float) (signal * (latents[i] + sigma * noise[i]));
      }
    }
    return mixed;
  }

  /**
   * The weight of a time step under min-SNR weighting (Hang et al. 2023) for a network that
   * predicts noise: {@code min(snr, gamma) / snr}.
   */
  public static double minSnrWeight(int time, double gamma, NoiseLevels levels) {
    double sigma = levels.timeToSigma(time);
    double snr = 1 / (sigma * sigma);
    return Math.min(snr, gamma) / snr;
  }
}
