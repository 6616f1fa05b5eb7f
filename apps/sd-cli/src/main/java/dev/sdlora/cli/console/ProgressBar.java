package dev.sdlora.cli.console;

import java.util.Arrays;
import java.util.function.LongSupplier;

/** Shows the progress of images on one line. */
public final class ProgressBar {
  private final ProgressLine line;
  private final LongSupplier nanoClock;

  /** The finished steps of each image; several may be in progress. */
  private int[] done = new int[1];

  private long startNanos;

  public ProgressBar(ProgressLine line, LongSupplier nanoClock) {
    this.line = line;
    this.nanoClock = nanoClock;
  }

  public void start(int images) {
    done = new int[images];
    startNanos = nanoClock.getAsLong();
  }

  /** Shows that a step is finished; images count from 0, steps from 1. */
  public void show(int image, int step, int steps) {
    done[image] = step;
    long all = (long) done.length * steps;
    line.show(
        "image %s/%s %s step %s/%s, %s"
            .formatted(
                image + 1,
                done.length,
                TerminalLine.bar(step, steps),
                step,
                steps,
                TerminalLine.left(nanoClock.getAsLong() - startNanos, doneOf(steps), all)));
  }

  /** Marks an image as finished, possibly in fewer steps than planned. */
  public void finish(int image) {
    done[image] = Integer.MAX_VALUE;
  }

  private long doneOf(int steps) {
    return Arrays.stream(done).mapToLong(of -> Math.min(of, steps)).sum();
  }

  /** Clears the line. */
  public void clear() {
    line.clear();
  }
}
