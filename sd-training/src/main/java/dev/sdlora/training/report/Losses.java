package dev.sdlora.training.report;

import java.util.Arrays;

/** The losses of all steps so far. Not safe for use by several threads. */
public final class Losses {
  /** The number of steps in a running mean. */
  public static final int WINDOW = 100;

  private final float[] values;
  private int count;

  public Losses(int steps) {
    values = new float[steps];
  }

  public void add(double loss) {
    values[count++] = (float) loss;
  }

  public int count() {
    return count;
  }

  /** The losses of the completed steps. */
  public float[] values() {
    return Arrays.copyOf(values, count);
  }

  /** The losses of all steps, 0 for steps that are not yet done. */
  public float[] all() {
    return values.clone();
  }

  public void restore(float[] all, int done) {
    System.arraycopy(all, 0, values, 0, values.length);
    count = done;
  }

  public double running() {
    return mean(count - WINDOW, count);
  }

  public double first() {
    return mean(0, tenth());
  }

  public double last() {
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
