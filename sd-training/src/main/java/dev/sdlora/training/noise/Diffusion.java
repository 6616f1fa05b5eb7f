package dev.sdlora.training.noise;

import java.util.OptionalDouble;

/** Formulas for noisy training images. Stateless. */
public final class Diffusion {
  private Diffusion() {}

  /**
   * The weight of a sample by its signal-to-noise ratio (Hang et al. 2023): steps with little
   * noise, from which there is little to learn, count less. It is {@code min(snr, gamma) / snr} if
   * noise is predicted, and {@code min(snr, gamma) / (snr + 1)} for velocity.
   *
   * @param snr the signal-to-noise ratio, above 0
   * @param gamma the bound on snr, or empty for weight 1
   * @param velocity whether velocity is predicted
   */
  static double minSnrWeight(double snr, OptionalDouble gamma, boolean velocity) {
    if (gamma.isEmpty()) {
      return 1;
    }
    return Math.min(snr, gamma.getAsDouble()) / (velocity ? snr + 1 : snr);
  }

  /**
   * The weight of a sample that removes the bias of predicted noise (Yu et al. 2024, "Debias the
   * Training of Diffusion Models"): {@code 1 / sqrt(snr)} if noise is predicted, and {@code 1 /
   * (snr + 1)} for velocity, with snr at most 1000, as in kohya's trainer.
   *
   * @param snr the signal-to-noise ratio, above 0
   * @param velocity whether velocity is predicted
   */
  static double debiasedWeight(double snr, boolean velocity) {
    double bounded = Math.min(snr, 1000);
    return velocity ? 1 / (bounded + 1) : 1 / Math.sqrt(bounded);
  }

  /**
   * The delta of a Huber loss that falls from 1 for a clean image to {@code least} for pure noise:
   * {@code least + (1 - least) / (1 + noise / signal)²}, the {@code snr} schedule of kohya's
   * trainer.
   */
  static double huberDelta(double least, NoiseLevel level) {
    double share = level.signal() / (level.signal() + level.noise());
    return least + (1 - least) * share * share;
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
