package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.sampler.schedule.NoiseLevels;

/**
 * The noise levels that a U-Net was trained on.
 *
 * @param kind how they are spread
 * @param sigmaMin the lowest, where the kind does not say
 * @param sigmaMax the highest, where the kind does not say
 */
public record TrainedLevels(Kind kind, double sigmaMin, double sigmaMax) {
  /** Those of SD 1.x, 2.x and SDXL. */
  public static final TrainedLevels USUAL = new TrainedLevels(Kind.SCALED_LINEAR, 0, 0);

  /** The same, stretched up to pure noise. */
  public static final TrainedLevels ZERO_TERMINAL_SNR =
      new TrainedLevels(Kind.ZERO_TERMINAL_SNR, 0, 0);

  /** How levels are spread. */
  public enum Kind {
    /** See {@link NoiseLevels#stableDiffusion}. */
    SCALED_LINEAR,
    /** See {@link NoiseLevels#zeroTerminalSnr}. */
    ZERO_TERMINAL_SNR,
    /** See {@link NoiseLevels#logarithmic}. */
    EDM
  }

  /** Any levels in a range. */
  static TrainedLevels edm(double sigmaMin, double sigmaMax) {
    return new TrainedLevels(Kind.EDM, sigmaMin, sigmaMax);
  }

  /** The range, for messages. */
  String range() {
    return sigmaMin + " to " + sigmaMax;
  }

  /** The levels. */
  public NoiseLevels levels() {
    return switch (kind) {
      case SCALED_LINEAR -> NoiseLevels.stableDiffusion();
      case ZERO_TERMINAL_SNR -> NoiseLevels.stableDiffusion().zeroTerminalSnr();
      case EDM -> NoiseLevels.logarithmic(sigmaMin, sigmaMax);
    };
  }
}
