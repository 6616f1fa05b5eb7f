package dev.sdlora.lora.make;

import java.util.Arrays;
import java.util.Random;

/** Matrix arithmetic in plain double, to compare the programs with. */
final class Matrix {
  private final int rows;
  private final int columns;
  private final double[] values;

  Matrix(int rows, int columns, double[] values) {
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** Normally distributed numbers that float32 can represent. */
  static Matrix random(int rows, int columns, Random random) {
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Matrix(rows, columns, values);
  }

  static Matrix of(int rows, int columns, float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return new Matrix(rows, columns, wide);
  }

  float[] floats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  Matrix times(Matrix other) {
    double[] product = new double[rows * other.columns];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < columns; k++) {
        for (int j = 0; j < other.columns; j++) {
          product[i * other.columns + j] +=
              values[i * columns + k] * other.values[k * other.columns + j];
        }
      }
    }
    return new Matrix(rows, other.columns, product);
  }

  /** This plus a multiple of another. */
  Matrix plus(double factor, Matrix other) {
    double[] sum = values.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * other.values[i];
    }
    return new Matrix(rows, columns, sum);
  }

  /** The sum of squares. */
  double energy() {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum;
  }

  private Matrix transposed() {
    double[] turned = new double[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = values[i * columns + j];
      }
    }
    return new Matrix(columns, rows, turned);
  }

  /**
   * The energy missing from the best approximation of a rank: the sum of all squared singular
   * values but the largest, which are the eigenvalues of the Gram matrix (Jacobi's method).
   */
  double bestError(int rank) {
    Matrix narrow = rows < columns ? transposed() : this;
    Matrix gram = narrow.transposed().times(narrow);
    int n = gram.rows;
    double[] a = gram.values;
    for (int sweep = 0; sweep < 30; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(a, n, p, q);
        }
      }
    }
    double[] squares = new double[n];
    for (int i = 0; i < n; i++) {
      squares[i] = Math.max(0, a[i * n + i]);
    }
    Arrays.sort(squares);
    double left = 0;
    for (int i = 0; i < n - rank; i++) {
      left += squares[i];
    }
    return left;
  }

  private static void rotate(double[] a, int n, int p, int q) {
    if (a[p * n + q] == 0) {
      return;
    }
    double angle = 0.5 * Math.atan2(2 * a[p * n + q], a[q * n + q] - a[p * n + p]);
    double c = Math.cos(angle);
    double s = Math.sin(angle);
    for (int k = 0; k < n; k++) {
      double x = a[k * n + p];
      double y = a[k * n + q];
      a[k * n + p] = c * x - s * y;
      a[k * n + q] = s * x + c * y;
    }
    for (int k = 0; k < n; k++) {
      double x = a[p * n + k];
      double y = a[q * n + k];
      a[p * n + k] = c * x - s * y;
      a[q * n + k] = s * x + c * y;
    }
  }
}
