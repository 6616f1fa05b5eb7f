package dev.sdlora.training.data;

import java.util.OptionalDouble;

/** The arithmetic of noisy training pictures. Stateless. */
public final class Diffusion {
  private Diffusion() {}

  /**
   * Mixes noise into a clean value: {@code sqrt(a) · clean + sqrt(1 - a) · noise} (Ho et al. 2020,
   * equation 4).
   *
   * @param alphaCumprod the share of signal, 0 to 1
   */
  public static float noisy(float clean, float noise, double alphaCumprod) {
    return (float) (Math.sqrt(alphaCumprod) * clean + Math.sqrt(1 - alphaCumprod) * noise);
  }

  /**
   * Weight of a sample whose loss is that of predicted noise, {@code min(snr, gamma) / snr} (Hang
   * et al. 2023): steps with little noise, of which there is little to learn, count less.
   *
   * @param alphaCumprod the share of signal, between 0 and 1; snr is {@code a / (1 - a)}
   * @param gamma the bound on snr, or empty for weight 1
   */
  public static double minSnrWeight(double alphaCumprod, OptionalDouble gamma) {
    if (gamma.isEmpty()) {
      return 1;
    }
    double snr = alphaCumprod / (1 - alphaCumprod);
    return Math.min(snr, gamma.getAsDouble()) / snr;
  }

  /**
   * Adds one number for each channel to all positions of it, in place; pictures that are darker or
   * brighter as a whole are learnt better from such noise.
   *
   * @param noise [channels][positions]
   * @param channelNoise a standard normal number for each channel
   * @param offset factor on it, 0 for none
   */
  public static void addOffset(float[] noise, float[] channelNoise, double offset) {
    int positions = noise.length / channelNoise.length;
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) (noise[i] + offset * channelNoise[i / positions]);
    }
  }
}
