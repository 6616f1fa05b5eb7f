package dev.sdlora.sampler.singlestep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.noise.NoiseSource;

/**
 * Steps of DPM-Solver: Lu et al. 2022 ("DPM-Solver: A Fast ODE Solver"), algorithms 1 and 2 and
 * appendix. Predicts the noise in the latent; the time is the log-SNR, {@code t = -ln(sigma)}.
 *
 * <p>Latents are {@code double} here: adaptive steps depend on differences of results, which lose
 * most of their precision in float at high noise levels.
 */
final class DpmSolver {
  private final Denoiser denoiser;

  DpmSolver(Denoiser denoiser) {
    this.denoiser = denoiser;
  }

  static double time(double sigma) {
    return -Math.log(sigma);
  }

  static double sigma(double time) {
    return Math.exp(-time);
  }

  static double[] toDoubles(float[] x) {
    double[] doubles = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      doubles[i] = x[i];
    }
    return doubles;
  }

  /** Returns {@code a·x + b·y}, rounded. */
  static float[] toFloats(double a, double[] x, double b, double[] y) {
    float[] floats = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      floats[i] = (float) (a * x[i] + b * y[i]);
    }
    return floats;
  }

  /** Returns the noise in a latent; one denoiser call. */
  double[] noise(double[] x, double t) {
    double sigma = sigma(t);
    float[] denoised = denoiser.denoise(toFloats(1, x, 0, x), sigma);
    if (denoised.length != x.length) {
      throw new IllegalArgumentException(
          "latents must have the same length: " + x.length + " and " + denoised.length);
    }
    double[] noise = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      noise[i] = (x[i] - denoised[i]) / sigma;
    }
    return noise;
  }

  /** Returns the result of a first-order step; no further call. */
  double[] first(double[] x, double t, double tNext, double[] noise) {
    return moved(x, -sigma(tNext) * Math.expm1(tNext - t), noise, 0, noise);
  }

  /**
   * Returns the result of a second-order step, given the noise at a fraction {@code r} of the step.
   */
  double[] second(double[] x, double t, double tNext, double[] noise, double r, double[] atR) {
    double full = -sigma(tNext) * Math.expm1(tNext - t);
    double slope = full / (2 * r);
    return moved(x, full - slope, noise, slope, atR);
  }

  /**
   * Returns the result of a third-order step, given the noise at a third of the step; one further
   * call.
   */
  double[] third(double[] x, double t, double tNext, double[] noise, double[] atThird) {
    double h = tNext - t;
    double at = t + h * 2 / 3;
    double[] twoThirds = curved(x, sigma(at), h * 2 / 3, 2, noise, atThird);
    return curved(x, sigma(tNext), h, 1.5, noise, noise(twoThirds, at));
  }

  /** Returns the noise at a fraction {@code r} of the step, reached in first order; one call. */
  double[] noiseAt(double r, double[] x, double t, double tNext, double[] noise) {
    double at = t + r * (tNext - t);
    return noise(first(x, t, at, noise), at);
  }

  /**
   * Steps with linearly changing noise, {@code ratio} times as far as between the two known values.
   */
  private static double[] curved(
      double[] x, double sigma, double h, double ratio, double[] noise, double[] later) {
    double full = -sigma * Math.expm1(h);
    double slope = -sigma * ratio * (Math.expm1(h) / h - 1);
    return moved(x, full - slope, noise, slope, later);
  }

  private static double[] moved(double[] x, double a, double[] noise, double b, double[] later) {
    double[] moved = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      moved[i] = x[i] + a * noise[i] + b * later[i];
    }
    return moved;
  }

  /**
   * The two parts of a step with fresh noise at its end.
   *
   * @param tDown the time to step to
   * @param up the standard deviation of the noise to add there; 0 for none
   */
  record Split(double tDown, double up) {
    /**
     * Returns the parts for a fraction {@code eta} of ancestral noise, never beyond {@code tEnd}.
     *
     * @see Ancestral
     */
    static Split of(double t, double tNext, double tEnd, double eta) {
      if (eta == 0) {
        return new Split(tNext, 0);
      }
      double sigmaNext = sigma(tNext);
      double tDown = Math.min(tEnd, time(Ancestral.split(sigma(t), sigmaNext, eta).down()));
      double down = sigma(tDown);
      return new Split(tDown, Math.sqrt(Math.max(0, sigmaNext * sigmaNext - down * down)));
    }

    /** Returns the latent with fresh noise; draws only if there is noise to add. */
    double[] addNoise(double[] x, double sNoise, NoiseSource noise) {
      return up > 0 ? moved(x, sNoise * up, toDoubles(noise.next(x.length)), 0, x) : x;
    }
  }
}
