package dev.sdlora.pipeline.denoise;

/**
 * Continues numbers by a Chebyshev series, fitted by ridge regression (Han et al. 2026, "Adaptive
 * Spectral Feature Forecasting for Diffusion Sampling Acceleration", section 4): coefficients
 * {@code (ΦᵀΦ + λD)⁻¹ Φᵀ y} where {@code Φ} holds the polynomials at the times of what is known.
 * Here the constant is free, {@code D} being 0 there, so that numbers that do not change are
 * continued as they are.
 *
 * <p>What comes of it is linear in the numbers known. So only their weights are computed, which are
 * the same for all elements of a latent.
 */
final class ChebyshevFit {
  private static final int DEGREE = 2;
  private static final double RIDGE = 0.1;

  private ChebyshevFit() {}

  /**
   * The weights of known numbers in the one to come; they add up to 1.
   *
   * @param times when those are known, at least one, from -1 to 1 along the whole way
   * @param at when the other is
   */
  static double[] weights(double[] times, double at) {
    int terms = Math.min(DEGREE + 1, times.length);
    double[][] known = new double[times.length][];
    for (int k = 0; k < times.length; k++) {
      known[k] = polynomials(times[k], terms);
    }
    double[][] normal = new double[terms][terms];
    for (int i = 0; i < terms; i++) {
      for (int j = 0; j < terms; j++) {
        for (double[] row : known) {
          normal[i][j] += row[i] * row[j];
        }
      }
      normal[i][i] += i == 0 ? 0 : RIDGE;
    }
    double[] solved = solve(normal, polynomials(at, terms));
    double[] weights = new double[times.length];
    for (int k = 0; k < times.length; k++) {
      for (int i = 0; i < terms; i++) {
        weights[k] += known[k][i] * solved[i];
      }
    }
    return weights;
  }

  /** The polynomials T₀, T₁, … at a time. */
  private static double[] polynomials(double time, int terms) {
    double[] values = new double[terms];
    for (int i = 0; i < terms; i++) {
      values[i] =
          switch (i) {
            case 0 -> 1;
            case 1 -> time;
            default -> 2 * time * values[i - 1] - values[i - 2];
          };
    }
    return values;
  }

  /** Gaussian elimination; the matrix is positive definite, so that it needs no pivoting. */
  private static double[] solve(double[][] matrix, double[] right) {
    int n = right.length;
    double[] x = right.clone();
    for (int i = 0; i < n; i++) {
      for (int row = i + 1; row < n; row++) {
        double factor = matrix[row][i] / matrix[i][i];
        for (int column = i; column < n; column++) {
          matrix[row][column] -= factor * matrix[i][column];
        }
        x[row] -= factor * x[i];
      }
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int column = i + 1; column < n; column++) {
        x[i] -= matrix[i][column] * x[column];
      }
      x[i] /= matrix[i][i];
    }
    return x;
  }
}
