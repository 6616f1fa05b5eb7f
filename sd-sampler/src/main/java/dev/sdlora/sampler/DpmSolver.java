package dev.sdlora.sampler;

/**
 * Steps of DPM-Solver: Lu et al. 2022 ("DPM-Solver: A Fast ODE Solver"), algorithms 1 and 2 and
 * appendix. The latent's noise is predicted and the time is the log-SNR, {@code t = -ln(sigma)}.
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

  /** The noise in a latent; one denoiser call. */
  float[] noise(float[] x, double t) {
    double sigma = sigma(t);
    return Latents.noise(x, denoiser.denoise(x, sigma), sigma);
  }

  /** First order: no further call. */
  float[] first(float[] x, double t, double tNext, float[] noise) {
    return Latents.combine(1, x, -sigma(tNext) * Math.expm1(tNext - t), noise);
  }

  /** Second order, given the noise at the point {@code r} of the way. */
  float[] second(float[] x, double t, double tNext, float[] noise, double r, float[] noiseAtR) {
    double full = -sigma(tNext) * Math.expm1(tNext - t);
    double slope = full / (2 * r);
    return Latents.combine(1, x, full - slope, noise, slope, noiseAtR);
  }

  /** Third order, given the noise at a third of the way; one further call. */
  float[] third(float[] x, double t, double tNext, float[] noise, float[] noiseAtThird) {
    double h = tNext - t;
    double at = t + h * 2 / 3;
    float[] twoThirds = curved(x, sigma(at), h * 2 / 3, 2, noise, noiseAtThird);
    return curved(x, sigma(tNext), h, 1.5, noise, noise(twoThirds, at));
  }

  /** The noise at the point {@code r} of the way, reached in first order; one call. */
  float[] noiseAt(double r, float[] x, double t, double tNext, float[] noise) {
    double at = t + r * (tNext - t);
    return noise(first(x, t, at, noise), at);
  }

  /** Noise that changes in a straight line, {@code ratio} times as far as between the two known. */
  private static float[] curved(
      float[] x, double sigma, double h, double ratio, float[] noise, float[] later) {
    double full = -sigma * Math.expm1(h);
    double slope = -sigma * ratio * (Math.expm1(h) / h - 1);
    return Latents.combine(1, x, full - slope, noise, slope, later);
  }

  /** How a step is split when fresh noise is added at its end. */
  record Split(double tDown, double up) {}

  /**
   * The split for a share {@code eta} of ancestral noise, never beyond {@code tEnd}.
   *
   * @see Ancestral
   */
  static Split split(double t, double tNext, double tEnd, double eta) {
    if (eta == 0) {
      return new Split(tNext, 0);
    }
    double sigmaNext = sigma(tNext);
    double tDown = Math.min(tEnd, time(Ancestral.split(sigma(t), sigmaNext, eta).down()));
    double down = sigma(tDown);
    return new Split(tDown, Math.sqrt(Math.max(0, sigmaNext * sigmaNext - down * down)));
  }
}
