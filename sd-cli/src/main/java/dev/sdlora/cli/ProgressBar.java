package dev.sdlora.cli;

import java.io.PrintWriter;
import java.util.function.LongSupplier;

/** One line on a terminal that is written over and over. */
final class ProgressBar {
  private static final int WIDTH = 30;

  private final PrintWriter terminal;
  private final LongSupplier nanoClock;
  private int pictures = 1;
  private long startNanos;
  private int shownLength;

  ProgressBar(PrintWriter terminal, LongSupplier nanoClock) {
    this.terminal = terminal;
    this.nanoClock = nanoClock;
  }

  void start(int pictures) {
    this.pictures = pictures;
    startNanos = nanoClock.getAsLong();
  }

  /** Shows that a step is done: pictures count from 0, steps from 1. */
  void show(int picture, int step, int steps) {
    int filled = WIDTH * step / steps;
    long done = (long) picture * steps + step;
    long all = (long) pictures * steps;
    long elapsedNanos = nanoClock.getAsLong() - startNanos;
    long secondsLeft = Math.round(elapsedNanos / 1e9 * (all - done) / done);
    replace(
        "picture %d/%d [%s%s] step %d/%d, %d:%02d left"
            .formatted(
                picture + 1,
                pictures,
                "#".repeat(filled),
                "-".repeat(WIDTH - filled),
                step,
                steps,
                secondsLeft / 60,
                secondsLeft % 60));
  }

  /** Takes the line away. */
  void clear() {
    if (shownLength > 0) {
      replace("");
    }
  }

  private void replace(String line) {
    terminal.print('\r' + line + " ".repeat(Math.max(0, shownLength - line.length())));
    if (line.isEmpty()) {
      terminal.print('\r');
    }
    terminal.flush();
    shownLength = line.length();
  }
}
