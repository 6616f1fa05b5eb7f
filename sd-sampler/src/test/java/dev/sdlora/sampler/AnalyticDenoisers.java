package dev.sdlora.sampler;

import com.fasterxml.jackson.databind.JsonNode;

/** Ideal denoisers of data with a known distribution, independent for each element. */
public final class AnalyticDenoisers {
  private AnalyticDenoisers() {}

  /** Returns the denoiser of a mixture of normals with means m, deviations s and weights w. */
  static Denoiser mixture(double[] m, double[] s, double[] w) {
    return (Unguided)
        (x, sigma) -> {
          float[] denoised = new float[x.length];
          for (int i = 0; i < x.length; i++) {
            double weights = 0;
            double weighted = 0;
            for (int k = 0; k < m.length; k++) {
              double variance = s[k] * s[k] + sigma * sigma;
              double offset = x[i] - m[k];
              double weight =
                  w[k] / Math.sqrt(variance) * Math.exp(-0.5 * offset * offset / variance);
              weights += weight;
              weighted += weight * (s[k] * s[k] * x[i] + sigma * sigma * m[k]) / variance;
            }
            denoised[i] = (float) (weighted / weights);
          }
          return denoised;
        };
  }

  /** Returns the denoiser of one normal distribution. */
  static Denoiser gauss(double mean, double deviation) {
    return mixture(new double[] {mean}, new double[] {deviation}, new double[] {1});
  }

  /** Returns the denoiser with which the goldens were made: {@code gmm} or {@code gauss}. */
  public static Denoiser ofManifest(String name) {
    JsonNode denoiser = Fixtures.json("manifest.json").at("/denoisers/" + name);
    return name.equals("gauss")
        ? gauss(denoiser.path("mu").doubleValue(), denoiser.path("s").doubleValue())
        : mixture(
            Fixtures.numbers(denoiser.path("m")),
            Fixtures.numbers(denoiser.path("s")),
            Fixtures.numbers(denoiser.path("w")));
  }
}
