package dev.sdlora.training;

import java.util.Arrays;

/** The losses of all steps so far. Not safe for use by several threads. */
final class Losses {
  /** The number of steps in a running mean. */
  static final int WINDOW = 100;

  private final float[] values;
  private int count;

  Losses(int steps) {
    values = new float[steps];
  }

  void add(double loss) {
    values[count++] = (float) loss;
  }

  int count() {
    return count;
  }

  /** The losses of the completed steps. */
  float[] values() {
    return Arrays.copyOf(values, count);
  }

  /** The losses of all steps, 0 for steps that are not yet done. */
  float[] all() {
    return values.clone();
  }

  void restore(float[] all, int done) {
    System.arraycopy(all, 0, values, 0, values.length);
    count = done;
  }

  double running() {
    return mean(count - WINDOW, count);
  }

  double first() {
    return mean(0, tenth());
  }

  double last() {
    return mean(count - tenth(), count);
  }

  private int tenth() {
    return (count + 9) / 10;
  }

  private double mean(int from, int to) {
    return Arrays.stream(toDoubles(Math.max(0, from), to)).average().orElse(Double.NaN);
  }

  private double[] toDoubles(int from, int to) {
    double[] part = new double[to - from];
    for (int i = 0; i < part.length; i++) {
      part[i] = values[from + i];
    }
    return part;
  }
}
