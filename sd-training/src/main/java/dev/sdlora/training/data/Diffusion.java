package dev.sdlora.training.data;

import java.util.OptionalDouble;

/** Formulas for noisy training images. Stateless. */
public final class Diffusion {
  private Diffusion() {}

  /**
   * Adds noise to a clean value: {@code sqrt(a) · clean + sqrt(1 - a) · noise} (Ho et al. 2020,
   * equation 4).
   *
   * @param alphaCumprod the share of signal, 0 to 1
   */
  public static float noisy(float clean, float noise, double alphaCumprod) {
    return (float) (Math.sqrt(alphaCumprod) * clean + Math.sqrt(1 - alphaCumprod) * noise);
  }

  /**
   * The velocity of a noisy value, {@code sqrt(a) · noise - sqrt(1 - a) · clean} (Salimans and Ho
   * 2022, appendix D).
   *
   * @param alphaCumprod the share of signal, 0 to 1
   */
  public static float velocity(float clean, float noise, double alphaCumprod) {
    return (float) (Math.sqrt(alphaCumprod) * noise - Math.sqrt(1 - alphaCumprod) * clean);
  }

  /**
   * The weight of a sample by its signal-to-noise ratio (Hang et al. 2023): steps with little
   * noise, from which there is little to learn, count less. It is {@code min(snr, gamma) / snr} if
   * noise is predicted, and {@code min(snr, gamma) / (snr + 1)} for velocity.
   *
   * @param alphaCumprod the share of signal, between 0 and 1; snr is {@code a / (1 - a)}
   * @param gamma the bound on snr, or empty for weight 1
   * @param velocity whether velocity is predicted
   */
  public static double minSnrWeight(double alphaCumprod, OptionalDouble gamma, boolean velocity) {
    if (gamma.isEmpty()) {
      return 1;
    }
    double snr = alphaCumprod / (1 - alphaCumprod);
    return Math.min(snr, gamma.getAsDouble()) / (velocity ? snr + 1 : snr);
  }

  /**
   * Adds a constant to all positions of each channel, in place. This improves learning of images
   * that are dark or bright as a whole.
   *
   * @param noise [channels][positions]
   * @param channelNoise a standard normal number for each channel
   * @param offset the factor on these numbers, 0 for none
   */
  public static void addOffset(float[] noise, float[] channelNoise, double offset) {
    int positions = noise.length / channelNoise.length;
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) (noise[i] + offset * channelNoise[i / positions]);
    }
  }
}
