package dev.sdlora.sampler.schedule;

/** Quantiles of a beta distribution, found by bisection of its distribution function. */
final class BetaDistribution {
  private static final double SMALLEST = 1e-300;
  private static final int TERMS = 500;

  private final double alpha;
  private final double beta;

  /** Creates a distribution with these shape parameters, above 0. */
  BetaDistribution(double alpha, double beta) {
    this.alpha = alpha;
    this.beta = beta;
  }

  /** Returns the value below which the fraction {@code p} lies, both from 0 to 1. */
  double quantile(double p) {
    if (p <= 0 || p >= 1) {
      return p <= 0 ? 0 : 1;
    }
    double low = 0;
    double high = 1;
    for (double middle = 0.5; low < middle && middle < high; middle = (low + high) / 2) {
      if (cumulative(middle) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** Returns the fraction below {@code x}: the regularized incomplete beta function. */
  double cumulative(double x) {
    // The continued fraction converges fast below the mean; above it, the function of 1 - x is
    // used.
    return x < (alpha + 1) / (alpha + beta + 2)
        ? tail(alpha, beta, x)
        : 1 - tail(beta, alpha, 1 - x);
  }

  private static double tail(double a, double b, double x) {
    double logFront =
        a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
    return Math.exp(logFront) / (a * fraction(a, b, x));
  }

  /**
   * The continued fraction of Abramowitz and Stegun 1964, 26.5.8, evaluated forwards after Lentz
   * 1976.
   */
  private static double fraction(double a, double b, double x) {
    double value = 1;
    double c = 1;
    double d = 0;
    for (int term = 1; term <= TERMS; term++) {
      int m = term / 2;
      double factor =
          term % 2 == 0
              ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
              : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / awayFrom0(1 + factor * d);
      c = awayFrom0(1 + factor / c);
      value *= c * d;
      if (Math.abs(c * d - 1) < 1e-16) {
        return value;
      }
    }
    return value;
  }

  private static double awayFrom0(double value) {
    return Math.abs(value) < SMALLEST ? SMALLEST : value;
  }

  /** Stirling's series where it is exact to double, the recurrence for smaller arguments. */
  private static double logGamma(double x) {
    double shift = 0;
    double at = x;
    while (at < 16) {
      shift -= Math.log(at);
      at += 1;
    }
    double inverse = 1 / at;
    double square = inverse * inverse;
    double series =
        inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
    return shift + (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series;
  }
}
