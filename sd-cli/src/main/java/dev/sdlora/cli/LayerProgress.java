package dev.sdlora.cli;

import dev.sdlora.lora.make.MakingListener;
import java.io.PrintWriter;
import java.util.function.LongSupplier;

/** One line on a terminal that tells how many layers of a file are done. */
final class LayerProgress implements MakingListener {
  private static final int WIDTH = 30;

  private final PrintWriter terminal;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private int shownLength;

  LayerProgress(PrintWriter terminal, LongSupplier nanoClock) {
    this.terminal = terminal;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
  }

  @Override
  public void done(int done, int total, String layer) {
    long elapsedNanos = nanoClock.getAsLong() - startNanos;
    long secondsLeft = Math.round(elapsedNanos / 1e9 * (total - done) / done);
    int filled = WIDTH * done / total;
    show(
        "[%s%s] layer %d/%d, %d:%02d left"
            .formatted(
                "#".repeat(filled),
                "-".repeat(WIDTH - filled),
                done,
                total,
                secondsLeft / 60,
                secondsLeft % 60));
  }

  /** Takes the line away. */
  void clear() {
    if (shownLength > 0) {
      show("");
      terminal.print('\r');
      terminal.flush();
    }
  }

  private void show(String line) {
    terminal.print('\r' + line + " ".repeat(Math.max(0, shownLength - line.length())));
    terminal.flush();
    shownLength = line.length();
  }
}
