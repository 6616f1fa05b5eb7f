package dev.sdlora.sampler.multistep;

/**
 * The time of a variance-preserving process with linear beta (Song et al. 2021, "Score-Based
 * Generative Modeling through Stochastic Differential Equations", appendix B): {@code sigma² =
 * exp(d·t²/2 + m·t) - 1}. It runs from level 0.002 at time 0.001 to level 80 at time 1.
 */
final class VpTime {
  private static final double FIRST = 1e-3;
  private static final double LOG_LOWEST = Math.log1p(0.002 * 0.002);
  private static final double LOG_HIGHEST = Math.log1p(80 * 80);

  /** The rise of beta from time 0 to 1, and beta at time 0. */
  private static final double RISE = 2 * (LOG_LOWEST / FIRST - LOG_HIGHEST) / (FIRST - 1);

  private static final double START = LOG_HIGHEST - RISE / 2;

  private VpTime() {}

  /** Returns the time of a level. */
  static double of(double sigma) {
    return (Math.sqrt(START * START + 2 * RISE * Math.log1p(sigma * sigma)) - START) / RISE;
  }

  /** Returns the derivative of the level at a time. */
  static double slope(double time) {
    double variance = Math.expm1(RISE * time * time / 2 + START * time);
    return (RISE * time + START) * (variance + 1) / (2 * Math.sqrt(variance));
  }
}
