package dev.sdlora.training;

import dev.sdlora.training.noise.NoiseProcess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The errors of all members of all batches so far, in ten ranges of noise levels. Not safe for use
 * by several threads.
 */
final class NoiseLevelErrors {
  static final int RANGES = 10;

  /** The number of errors after which the weight of an older one is 1/e in the recent mean. */
  private static final int RECENT = 20;

  private static final String END_OF_RANGE = ";";
  private static final String BETWEEN = ":";

  private final double lastTime;
  private final long[] counts = new long[RANGES];
  private final double[] sums = new double[RANGES];
  private final double[] recent = new double[RANGES];

  NoiseLevelErrors(NoiseProcess process) {
    this.lastTime = process.at(Math.nextDown(1.0)).time();
  }

  /**
   * Adds the errors of a batch.
   *
   * @param times the time that the network read for each member
   * @param errors the error of each member
   */
  void add(float[] times, float[] errors) {
    for (int i = 0; i < times.length; i++) {
      int range = (int) (RANGES * times[i] / lastTime);
      add(Math.max(0, Math.min(RANGES - 1, range)), errors[i]);
    }
  }

  private void add(int range, double error) {
    counts[range]++;
    sums[range] += error;
    // Each of the first errors has equal weight, so that the mean does not depend on its start.
    recent[range] += (error - recent[range]) / Math.min(counts[range], RECENT);
  }

  /** The means of all ranges, from low to high noise. */
  List<NoiseLevelLoss> losses() {
    List<NoiseLevelLoss> losses = new ArrayList<>();
    for (int i = 0; i < RANGES; i++) {
      boolean none = counts[i] == 0;
      losses.add(
          new NoiseLevelLoss(
              (double) i / RANGES,
              (i + 1.0) / RANGES,
              counts[i],
              none ? Double.NaN : sums[i] / counts[i],
              none ? Double.NaN : recent[i]));
    }
    return List.copyOf(losses);
  }

  /** All sums as text, from which {@link #restore} gives exactly the same ones. */
  String text() {
    return IntStream.range(0, RANGES)
        .mapToObj(i -> counts[i] + BETWEEN + sums[i] + BETWEEN + recent[i])
        .collect(Collectors.joining(END_OF_RANGE));
  }

  /**
   * Restores sums.
   *
   * @throws IllegalArgumentException if this is not the text of such sums
   */
  void restore(String text) {
    List<String[]> ranges =
        Arrays.stream(text.split(END_OF_RANGE, -1)).map(one -> one.split(BETWEEN, -1)).toList();
    if (ranges.size() != RANGES || ranges.stream().anyMatch(numbers -> numbers.length != 3)) {
      throw new IllegalArgumentException("expected " + RANGES + " ranges of 3 numbers: " + text);
    }
    for (int i = 0; i < RANGES; i++) {
      String[] numbers = ranges.get(i);
      counts[i] = Long.parseLong(numbers[0]);
      sums[i] = Double.parseDouble(numbers[1]);
      recent[i] = Double.parseDouble(numbers[2]);
    }
  }
}
