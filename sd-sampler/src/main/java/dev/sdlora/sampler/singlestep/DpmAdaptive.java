package dev.sdlora.sampler.singlestep;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.SigmaRule;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * DPM-Solver-23 with adaptive steps: Lu et al. 2022 ("DPM-Solver"), appendix C. Each attempt makes
 * three denoiser calls for a third-order and a second-order step; if they differ too much, it is
 * repeated with a shorter step. The number of attempts depends on the image. Only the first level
 * matters and the last above 0, where the result stays. One draw of noise for each accepted step if
 * {@code eta} is above 0, but none in the last.
 */
public final class DpmAdaptive implements SamplingMethod {
  private static final double RELATIVE_TOLERANCE = 0.05;
  private static final double ABSOLUTE_TOLERANCE = 0.0078;
  private static final double FIRST_STEP = 0.05;
  private static final double ACCEPT = 0.81;

  /** Steps this close to the end finish the sampling. */
  private static final double ARRIVED = 1e-5;

  /** Steps this short are accepted regardless of their error, so that sampling terminates. */
  private static final double SHORTEST = 1e-3;

  private final double eta;
  private final double sNoise;

  /** Creates the method with fresh noise, as {@link AncestralMethod#AncestralMethod}. */
  public DpmAdaptive(double eta, double sNoise) {
    this.eta = Checks.notNegative(eta, "eta");
    this.sNoise = Checks.notNegative(sNoise, "sNoise");
  }

  @Override
  public SigmaRule levels() {
    return SigmaRule.SCHEDULED_ABOVE_ZERO;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    DpmSolver solver = new DpmSolver(denoiser);
    double tEnd = DpmSolver.time(sigmas.lastPositive());
    double t = DpmSolver.time(sigmas.at(0));
    double h = FIRST_STEP;
    // With fresh noise the error decreases more slowly with the step size.
    double order = eta == 0 ? 3 : 1.5;
    double[] x = DpmSolver.toDoubles(start);
    double[] lower = x; // the second-order result of the previous step
    for (int attempt = 0; t < tEnd - ARRIVED; attempt++) {
      double sigma = DpmSolver.sigma(t);
      double tNext = Math.min(tEnd, t + h);
      observer.stepStart(attempt, sigma);
      DpmSolver.Split split = DpmSolver.Split.of(t, tNext, tEnd, eta);
      double[] eps = solver.noise(x, t);
      float[] denoised = DpmSolver.toFloats(1, x, -sigma, eps);
      double[] third = solver.noiseAt(1.0 / 3, x, t, split.tDown(), eps);
      double[] low = solver.second(x, t, split.tDown(), eps, 1.0 / 3, third);
      double[] high = solver.third(x, t, split.tDown(), eps, third);
      double factor = factor(error(low, high, lower), order);
      if (factor >= ACCEPT || h <= SHORTEST) {
        lower = low;
        x = split.addNoise(high, sNoise, noise);
        t = tNext;
      }
      h = Math.max(SHORTEST, h * factor);
      observer.stepEnd(attempt, sigma, denoised);
    }
    return DpmSolver.toFloats(1, x, 0, x);
  }

  /**
   * Returns the factor for the length of the next step; Söderlind and Wang 2006, integral control
   * only.
   */
  private static double factor(double error, double order) {
    if (Double.isNaN(error)) {
      return 1; // shorter steps would not help
    }
    double wanted = Math.pow(1 / (1e-8 + error), 1 / order);
    return 1 + Math.atan(wanted - 1); // near 1, and never below 0.2 or above 2.6
  }

  /** Returns the root mean square of the differences, each relative to its tolerance. */
  private static double error(double[] low, double[] high, double[] before) {
    double squares = 0;
    for (int i = 0; i < low.length; i++) {
      double size = Math.max(Math.abs(low[i]), Math.abs(before[i]));
      double tolerated = Math.max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * size);
      double difference = (low[i] - high[i]) / tolerated;
      squares += difference * difference;
    }
    return Math.sqrt(squares / low.length);
  }
}
