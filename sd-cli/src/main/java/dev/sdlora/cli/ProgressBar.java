package dev.sdlora.cli;

import java.io.PrintWriter;
import java.util.function.LongSupplier;

/** How far pictures are, on one line of a terminal. */
final class ProgressBar {
  private final TerminalLine line;
  private final LongSupplier nanoClock;
  private int pictures = 1;
  private long startNanos;

  ProgressBar(PrintWriter terminal, LongSupplier nanoClock) {
    this.line = new TerminalLine(terminal);
    this.nanoClock = nanoClock;
  }

  void start(int pictures) {
    this.pictures = pictures;
    startNanos = nanoClock.getAsLong();
  }

  /** Shows that a step is done: pictures count from 0, steps from 1. */
  void show(int picture, int step, int steps) {
    long done = (long) picture * steps + step;
    long all = (long) pictures * steps;
    line.show(
        "picture %s/%s %s step %s/%s, %s"
            .formatted(
                picture + 1,
                pictures,
                TerminalLine.bar(step, steps),
                step,
                steps,
                TerminalLine.left(nanoClock.getAsLong() - startNanos, done, all)));
  }

  /** Takes the line away. */
  void clear() {
    line.clear();
  }
}
