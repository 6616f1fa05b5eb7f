package dev.sdlora.cli;

import dev.sdlora.api.make.MakingListener;
import java.util.function.LongSupplier;

/** Shows on one line how many layers of a file are done. */
final class LayerProgress implements MakingListener {
  private final ProgressLine line;
  private final LongSupplier nanoClock;
  private final long startNanos;

  LayerProgress(ProgressLine line, LongSupplier nanoClock) {
    this.line = line;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
  }

  @Override
  public void done(int done, int total, String layer) {
    line.show(
        "%s layer %s/%s, %s"
            .formatted(
                TerminalLine.bar(done, total),
                done,
                total,
                TerminalLine.left(nanoClock.getAsLong() - startNanos, done, total)));
  }

  /** Clears the line. */
  void clear() {
    line.clear();
  }
}
