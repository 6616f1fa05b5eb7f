package dev.sdlora.sampler;

import dev.sdlora.sampler.noise.NoiseSource;

/**
 * Steps of DPM-Solver: Lu et al. 2022 ("DPM-Solver: A Fast ODE Solver"), algorithms 1 and 2 and
 * appendix. The latent's noise is predicted and the time is the log-SNR, {@code t = -ln(sigma)}.
 *
 * <p>Latents are {@code double} here: steps of adaptive length follow from differences of results,
 * of which float would leave little at high noise levels.
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

  /** {@code a·x + b·y}, rounded. */
  static float[] toFloats(double a, double[] x, double b, double[] y) {
    float[] floats = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      floats[i] = (float) (a * x[i] + b * y[i]);
    }
    return floats;
  }

  /** The noise in a latent; one denoiser call. */
  double[] noise(double[] x, double t) {
    double sigma = sigma(t);
    float[] denoised = denoiser.denoise(toFloats(1, x, 0, x), sigma);
    if (denoised.length != x.length) {
      throw new IllegalArgumentException(
          "latents must be of one length: " + x.length + " and " + denoised.length);
    }
    double[] noise = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      noise[i] = (x[i] - denoised[i]) / sigma;
    }
    return noise;
  }

  /** First order: no further call. */
  double[] first(double[] x, double t, double tNext, double[] noise) {
    return moved(x, -sigma(tNext) * Math.expm1(tNext - t), noise, 0, noise);
  }

  /** Second order, given the noise at the point {@code r} of the way. */
  double[] second(double[] x, double t, double tNext, double[] noise, double r, double[] atR) {
    double full = -sigma(tNext) * Math.expm1(tNext - t);
    double slope = full / (2 * r);
    return moved(x, full - slope, noise, slope, atR);
  }

  /** Third order, given the noise at a third of the way; one further call. */
  double[] third(double[] x, double t, double tNext, double[] noise, double[] atThird) {
    double h = tNext - t;
    double at = t + h * 2 / 3;
    double[] twoThirds = curved(x, sigma(at), h * 2 / 3, 2, noise, atThird);
    return curved(x, sigma(tNext), h, 1.5, noise, noise(twoThirds, at));
  }

  /** The noise at the point {@code r} of the way, reached in first order; one call. */
  double[] noiseAt(double r, double[] x, double t, double tNext, double[] noise) {
    double at = t + r * (tNext - t);
    return noise(first(x, t, at, noise), at);
  }

  /** Noise that changes in a straight line, {@code ratio} times as far as between the two known. */
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
   * How a step is split when fresh noise is added at its end.
   *
   * @param tDown the time to step to
   * @param up the standard deviation of the noise to add there; 0 for none
   */
  record Split(double tDown, double up) {
    /**
     * The split for a share {@code eta} of ancestral noise, never beyond {@code tEnd}.
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

    /** The latent with fresh noise; draws only if there is any to add. */
    double[] addNoise(double[] x, double sNoise, NoiseSource noise) {
      return up > 0 ? moved(x, sNoise * up, toDoubles(noise.next(x.length)), 0, x) : x;
    }
  }
}
