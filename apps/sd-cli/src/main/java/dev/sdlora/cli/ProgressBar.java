package dev.sdlora.cli;

import java.util.Arrays;
import java.util.function.LongSupplier;

/** Shows the progress of images on one line. */
final class ProgressBar {
  private final ProgressLine line;
  private final LongSupplier nanoClock;

  /** How many steps of each image are done: several may be under way. */
  private int[] done = new int[1];

  private long startNanos;

  ProgressBar(ProgressLine line, LongSupplier nanoClock) {
    this.line = line;
    this.nanoClock = nanoClock;
  }

  void start(int pictures) {
    done = new int[pictures];
    startNanos = nanoClock.getAsLong();
  }

  /** Shows that a step is done: images count from 0, steps from 1. */
  void show(int picture, int step, int steps) {
    done[picture] = step;
    long all = (long) done.length * steps;
    line.show(
        "picture %s/%s %s step %s/%s, %s"
            .formatted(
                picture + 1,
                done.length,
                TerminalLine.bar(step, steps),
                step,
                steps,
                TerminalLine.left(nanoClock.getAsLong() - startNanos, doneOf(steps), all)));
  }

  /** Notes that an image is finished, with fewer steps than were planned perhaps. */
  void finish(int picture) {
    done[picture] = Integer.MAX_VALUE;
  }

  private long doneOf(int steps) {
    return Arrays.stream(done).mapToLong(of -> Math.min(of, steps)).sum();
  }

  /** Takes the line away. */
  void clear() {
    line.clear();
  }
}
