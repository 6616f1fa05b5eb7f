package dev.sdlora.sampler.singlestep;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.SigmaRule;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.Arrays;

/**
 * DPM-Solver-Fast: Lu et al. 2022 ("DPM-Solver"), section 3.4. Makes as many denoiser calls as the
 * levels have steps: third-order steps of three calls each and, at the end, one or two steps with
 * the remaining calls, evenly spaced in the log-SNR. Only the first level matters and the last
 * above 0, where the result stays. One draw of noise per step if {@code eta} is above 0, none in
 * the last.
 */
public final class DpmFast implements SamplingMethod {
  private final double eta;
  private final double sNoise;

  /** Creates the method with fresh noise, as {@link AncestralMethod#AncestralMethod}. */
  public DpmFast(double eta, double sNoise) {
    this.eta = Checks.notNegative(eta, "eta");
    this.sNoise = Checks.notNegative(sNoise, "sNoise");
  }

  /**
   * Returns the order of each step, which equals its number of calls: 3 3 3 … and the remainder.
   */
  public static int[] orders(int calls) {
    int steps = calls / 3 + 1;
    int[] orders = new int[steps];
    Arrays.fill(orders, 3);
    if (calls % 3 == 0) {
      orders[steps - 1] = 1;
      orders[steps - 2] = 2;
    } else {
      orders[steps - 1] = calls % 3;
    }
    return orders;
  }

  @Override
  public SigmaRule levels() {
    return SigmaRule.SCHEDULED_ABOVE_ZERO;
  }

  @Override
  public int steps(Sigmas sigmas) {
    return orders(sigmas.steps()).length;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    DpmSolver solver = new DpmSolver(denoiser);
    double tStart = DpmSolver.time(sigmas.at(0));
    double tEnd = DpmSolver.time(sigmas.lastPositive());
    int[] orders = orders(sigmas.steps());
    double[] x = DpmSolver.toDoubles(start);
    for (int i = 0; i < orders.length; i++) {
      double t = tStart + (tEnd - tStart) * i / orders.length;
      double tNext = tStart + (tEnd - tStart) * (i + 1) / orders.length;
      double sigma = DpmSolver.sigma(t);
      observer.stepStart(i, sigma);
      DpmSolver.Split split = DpmSolver.Split.of(t, tNext, tEnd, eta);
      double[] eps = solver.noise(x, t);
      float[] denoised = DpmSolver.toFloats(1, x, -sigma, eps);
      x = step(solver, orders[i], x, t, split.tDown(), eps);
      x = split.addNoise(x, sNoise, noise);
      observer.stepEnd(i, sigma, denoised);
    }
    return DpmSolver.toFloats(1, x, 0, x);
  }

  private static double[] step(
      DpmSolver solver, int order, double[] x, double t, double tNext, double[] eps) {
    return switch (order) {
      case 1 -> solver.first(x, t, tNext, eps);
      case 2 -> solver.second(x, t, tNext, eps, 0.5, solver.noiseAt(0.5, x, t, tNext, eps));
      default -> solver.third(x, t, tNext, eps, solver.noiseAt(1.0 / 3, x, t, tNext, eps));
    };
  }
}
