package dev.sdlora.sampler.schedule;

import java.util.function.IntToDoubleFunction;

/**
 * A rectified flow (Liu et al. 2022, "Flow Straight and Fast"): clean latent and noise are mixed in
 * the shares {@code 1 - sigma} and sigma. Sigma is a time t from 0 to 1, shifted towards the noise:
 * {@code s·t / (1 + (s - 1)·t)} (Esser et al. 2024, "Scaling Rectified Flow Transformers", equation
 * 23).
 *
 * @param shift s; 1 leaves the times as they are
 * @param ownShift the shift of the model's own schedule for a number of steps
 * @param lowest the time of the last level of the model's own schedule before 0; 0 if its times are
 *     evenly spaced down to 0
 */
record FlowForm(double shift, IntToDoubleFunction ownShift, double lowest) implements NoiseForm {
  /** The share of the times that methods in the log-SNR leave out, as in ComfyUI. */
  private static final double LEFT_OUT = 1e-4;

  /** The first midpoint of these methods if a step starts from pure noise, as in ComfyUI. */
  private static final double NEARLY_PURE_NOISE = 0.9999;

  /** FLUX.2 ignores the number of steps above this number of image tokens. */
  private static final int MOST_TOKENS_BY_STEPS = 4300;

  FlowForm {
    if (!(shift > 0 && shift < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the shift of a flow must be above 0: " + shift);
    }
  }

  /** Creates the form of a model whose own times are evenly spaced down to 0. */
  FlowForm(double shift, IntToDoubleFunction ownShift) {
    this(shift, ownShift, 0);
  }

  /** Creates the form of a model that uses the same shift for all images. */
  static FlowForm of(double shift) {
    return new FlowForm(shift, steps -> shift);
  }

  /** Creates the same form with another shift for all images. */
  FlowForm withShift(double other) {
    return new FlowForm(other, steps -> other, lowest);
  }

  /**
   * Returns mu, the logarithm of the shift, of FLUX.1's own schedule: the line through 0.5 for 256
   * image tokens and 1.15 for 4096.
   */
  static double flux1Mu(int tokens) {
    return 0.5 + (1.15 - 0.5) / (4096 - 256) * (tokens - 256);
  }

  /**
   * Returns mu, the logarithm of the shift, of FLUX.2's own schedule: lines over the number of
   * image tokens for 10 and for 200 steps, and a line through both over the number of steps. Above
   * 4300 tokens that for 200 steps serves any number; mu jumps there, by design.
   */
  static double flux2Mu(int tokens, int steps) {
    double at200 = 1.6927e-4 * tokens + 0.45666666;
    if (tokens > MOST_TOKENS_BY_STEPS) {
      return at200;
    }
    double at10 = 8.73809524e-5 * tokens + 1.89833333;
    return at200 + (at200 - at10) / 190 * (steps - 200);
  }

  /** Returns the level at a time. */
  double atTime(double time) {
    return shifted(shift, time);
  }

  /** Returns the time at which the noise has this level; the inverse of {@link #atTime}. */
  double time(double sigma) {
    return shifted(1 / shift, sigma);
  }

  /**
   * Returns the model's own levels: evenly spaced times, shifted as for this number of steps. If
   * they end at a lowest time, that is shifted twice.
   */
  double[] own(int steps) {
    double own = ownShift.applyAsDouble(steps);
    double last = lowest > 0 ? shifted(own, lowest) : 0;
    int intervals = lowest > 0 ? Math.max(1, steps - 1) : steps;
    double[] sigmas = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      sigmas[i] = shifted(own, 1 + (double) i / intervals * (last - 1));
    }
    return sigmas;
  }

  private static double shifted(double shift, double time) {
    return shift * time / (shift * time + (1 - time));
  }

  @Override
  public boolean isFlow() {
    return true;
  }

  @Override
  public double signal(double sigma) {
    return 1 - sigma;
  }

  @Override
  public double sigma(double ratio) {
    return 1 / (1 + 1 / ratio);
  }

  @Override
  public double rise(double sigma, double sigmaNext) {
    return Math.log(ratio(sigma) / ratio(sigmaNext));
  }

  @Override
  public double middle(double sigma, double sigmaNext) {
    return sigma == 1
        ? NEARLY_PURE_NOISE
        : sigma(Math.sqrt(ratio(sigma)) * Math.sqrt(ratio(sigmaNext)));
  }

  @Override
  public Sigmas belowPureNoise(Sigmas sigmas) {
    if (sigmas.at(0) < 1) {
      return sigmas;
    }
    double below = atTime(1 - LEFT_OUT);
    double second = sigmas.at(1);
    return sigmas.startingAt(second < below ? below : (1 + second) / 2);
  }
}
