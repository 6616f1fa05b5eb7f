package dev.sdlora.families.checkpoint.layout;

import dev.sdlora.sampler.schedule.NoiseLevels;

/**
 * The noise levels that a U-Net was trained on.
 *
 * @param kind how they are distributed
 * @param sigmaMin the lowest sigma; 0 if the kind implies it
 * @param sigmaMax the highest sigma; 0 if the kind implies it
 */
public record TrainedLevels(Kind kind, double sigmaMin, double sigmaMax) {
  /** The levels of SD 1.x, 2.x and SDXL. */
  public static final TrainedLevels USUAL = new TrainedLevels(Kind.SCALED_LINEAR, 0, 0);

  /** The same levels, stretched up to pure noise. */
  public static final TrainedLevels ZERO_TERMINAL_SNR =
      new TrainedLevels(Kind.ZERO_TERMINAL_SNR, 0, 0);

  /** The distribution of the levels. */
  public enum Kind {
    /** See {@link NoiseLevels#stableDiffusion}. */
    SCALED_LINEAR,
    /** See {@link NoiseLevels#zeroTerminalSnr}. */
    ZERO_TERMINAL_SNR,
    /** See {@link NoiseLevels#logarithmic}. */
    EDM
  }

  /** Returns levels spread over a range of sigmas. */
  public static TrainedLevels edm(double sigmaMin, double sigmaMax) {
    return new TrainedLevels(Kind.EDM, sigmaMin, sigmaMax);
  }

  /** Returns the range, for messages. */
  public String range() {
    return sigmaMin + " to " + sigmaMax;
  }

  /** Returns the levels. */
  public NoiseLevels levels() {
    return switch (kind) {
      case SCALED_LINEAR -> NoiseLevels.stableDiffusion();
      case ZERO_TERMINAL_SNR -> NoiseLevels.stableDiffusion().zeroTerminalSnr();
      case EDM -> NoiseLevels.logarithmic(sigmaMin, sigmaMax);
    };
  }
}
