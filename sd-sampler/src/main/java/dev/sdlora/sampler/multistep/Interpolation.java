package dev.sdlora.sampler.multistep;

import java.util.function.DoubleUnaryOperator;

/** Polynomials through the values of past steps, integrated over the next step. */
final class Interpolation {
  /**
   * The nodes of Gauss-Legendre quadrature in (-1, 1), mirrored at 0, and their weights; exact to
   * degree 15.
   */
  private static final double[] PLACES = {
    0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363
  };

  private static final double[] WEIGHTS = {
    0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763
  };

  /** The number of places of {@link #sums}. */
  private static final int SUMMED = 10_000;

  private Interpolation() {}

  /**
   * Returns, for every node, the integral of its Lagrange polynomial (1 at that node, 0 at the
   * others) times a density.
   *
   * @param nodes the positions of known values, all different
   * @param from the lower bound of the integral; may be above {@code to}
   * @param to the upper bound
   * @param density the second factor; smooth
   */
  static double[] integrals(double[] nodes, double from, double to, DoubleUnaryOperator density) {
    double[] integrals = new double[nodes.length];
    double half = (to - from) / 2;
    for (int q = 0; q < PLACES.length; q++) {
      for (double place : new double[] {-PLACES[q], PLACES[q]}) {
        double at = from + half * (1 + place);
        double weight = half * WEIGHTS[q] * density.applyAsDouble(at);
        for (int node = 0; node < nodes.length; node++) {
          integrals[node] += weight * lagrange(nodes, node, at);
        }
      }
    }
    return integrals;
  }

  /**
   * Returns the integrals of {@link #integrals} as sums over 10,000 evenly spaced places, both ends
   * included, as ComfyUI computes them; they differ in the fifth digit.
   */
  static double[] sums(double[] nodes, double from, double to, DoubleUnaryOperator density) {
    double[] sums = new double[nodes.length];
    double width = (to - from) / SUMMED;
    for (int place = 0; place < SUMMED; place++) {
      double at = from + (to - from) * place / (SUMMED - 1);
      double weight = width * density.applyAsDouble(at);
      for (int node = 0; node < nodes.length; node++) {
        sums[node] += weight * lagrange(nodes, node, at);
      }
    }
    return sums;
  }

  private static double lagrange(double[] nodes, int node, double at) {
    double product = 1;
    for (int other = 0; other < nodes.length; other++) {
      if (other != node) {
        product *= (at - nodes[other]) / (nodes[node] - nodes[other]);
      }
    }
    return product;
  }
}
