package dev.sdlora.sampler.multistep;

import dev.sdlora.api.sampling.SamplerOptions.UniPcVariant;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The weights of one step of {@link UniPc}, in the paper's notation: {@code h} is the step in the
 * log-SNR, {@code r} are the positions of known predictions in units of it, and the weights {@code
 * rho} solve {@code sum over k of rho[k]·r[k]^n = b[n]}.
 */
final class UniPcStep {
  private final int order;
  private final double keep;

  /** {@code exp(-h) - 1}. */
  private final double change;

  /** {@code B(h)} for data prediction. */
  private final double scale;

  /**
   * The positions of older predictions, all negative, and 1, the position of the one at the end.
   */
  private final double[] r;

  private final double[] b;

  UniPcStep(UniPcVariant variant, Sigmas sigmas, int i, int order) {
    this.order = order;
    double sigma = sigmas.at(i);
    double h = Math.log(sigma / sigmas.at(i + 1)); // infinite for a step to level 0
    keep = sigmas.at(i + 1) / sigma;
    change = Math.expm1(-h);
    scale = variant == UniPcVariant.BH1 ? -h : change;
    r = new double[order];
    for (int k = 1; k < order; k++) {
      r[k - 1] = -Math.log(sigmas.at(i - k) / sigma) / h;
    }
    r[order - 1] = 1;
    b = new double[order];
    double phi = change / -h - 1;
    double factorial = 1;
    for (int n = 0; n < order; n++) {
      b[n] = phi * factorial / scale;
      factorial *= n + 2;
      phi = phi / -h - 1 / factorial;
    }
  }

  /**
   * Returns the latent at the end of the step from the predictions at its start, the newest first.
   */
  float[] predict(float[] x, List<float[]> known) {
    double[] rho = order == 2 ? new double[] {0.5} : solve(order - 1);
    return advance(x, known, rho);
  }

  /** Returns the corrected latent, using the prediction at the end of the step. */
  float[] correct(float[] x, List<float[]> known, float[] atEnd) {
    double[] rho = order == 1 ? new double[] {0.5} : solve(order);
    List<float[]> all = new ArrayList<>(known.subList(0, order));
    all.add(atEnd);
    return advance(x, all, rho);
  }

  /**
   * Adds the differences from the newest prediction, each times its weight divided by its position.
   */
  private float[] advance(float[] x, List<float[]> known, double[] rho) {
    double[] weights = new double[rho.length + 2];
    List<float[]> latents = new ArrayList<>(List.of(x, known.get(0)));
    weights[0] = keep;
    weights[1] = -change;
    for (int k = 0; k < rho.length; k++) {
      double weight = -scale * rho[k] / r[k];
      weights[1] -= weight;
      weights[k + 2] = weight;
      latents.add(known.get(k + 1));
    }
    return Latents.sum(weights, latents);
  }

  /**
   * Solves the first {@code size} equations by elimination, which works because all positions
   * differ.
   */
  private double[] solve(int size) {
    double[][] rows = new double[size][];
    for (int n = 0; n < size; n++) {
      rows[n] = Arrays.copyOf(r, size + 1);
      for (int k = 0; k < size; k++) {
        rows[n][k] = Math.pow(r[k], n);
      }
      rows[n][size] = b[n];
    }
    for (int pivot = 0; pivot < size; pivot++) {
      for (int n = 0; n < size; n++) {
        double factor = n == pivot ? 0 : rows[n][pivot] / rows[pivot][pivot];
        for (int k = pivot; k <= size; k++) {
          rows[n][k] -= factor * rows[pivot][k];
        }
      }
    }
    double[] solution = new double[size];
    for (int n = 0; n < size; n++) {
      solution[n] = rows[n][size] / rows[n][n];
    }
    return solution;
  }
}
