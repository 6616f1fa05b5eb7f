package dev.sdlora.examples;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The arithmetic of a LoRA on one layer of 1,000 × 2,000 numbers, in plain Java. */
public final class WhatLoraIs {
  private static final int OUT = 1000, IN = 2000, RANK = 2;
  private static final double ALPHA = 1; // from the file; ALPHA / RANK is the LoRA's own scale

  private WhatLoraIs() {}

  /** Prints the number of parameters, and the effect of several strengths on the layer's output. */
  public static void main(String[] args) {
    SplittableRandom random = new SplittableRandom(1);
    double[][] w = random(OUT, IN, random);
    double[][] b = random(OUT, RANK, random);
    double[][] a = random(RANK, IN, random);
    double[] x = random(1, IN, random)[0];
    System.out.printf("W: %,d numbers, B and A: %,d%n", OUT * IN, OUT * RANK + RANK * IN);
    double[] without = times(w, x);
    double[] update = times(b, times(a, x)); // B (A x): the weights do not change
    for (double strength : new double[] {0, 0.5, 1, -1}) {
      double scale = strength * ALPHA / RANK;
      double[] patched = times(patched(w, b, a, scale), x); // (W + s·α/r·B·A) x
      double moved = 0, apart = 0;
      for (int i = 0; i < OUT; i++) {
        moved += Math.abs(patched[i] - without[i]) / OUT;
        apart = Math.max(apart, Math.abs(patched[i] - (without[i] + scale * update[i])));
      }
      System.out.printf(
          "strength %4.1f: outputs move by %.2f on average; patched and overlaid differ by %.0e%n",
          strength, moved, apart);
    }
  }

  private static double[][] patched(double[][] w, double[][] b, double[][] a, double scale) {
    double[][] sum = new double[OUT][IN];
    for (int i = 0; i < OUT; i++) {
      for (int j = 0; j < IN; j++) {
        sum[i][j] = w[i][j] + scale * (b[i][0] * a[0][j] + b[i][1] * a[1][j]);
      }
    }
    return sum;
  }

  private static double[] times(double[][] m, double[] x) {
    return IntStream.range(0, m.length)
        .mapToDouble(i -> IntStream.range(0, x.length).mapToDouble(j -> m[i][j] * x[j]).sum())
        .toArray();
  }

  private static double[][] random(int rows, int columns, SplittableRandom random) {
    return Stream.generate(() -> random.doubles(columns, -1, 1).toArray())
        .limit(rows)
        .toArray(double[][]::new);
  }
}
