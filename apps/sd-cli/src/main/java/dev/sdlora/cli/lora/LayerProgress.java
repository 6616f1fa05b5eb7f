package dev.sdlora.cli.lora;

import dev.sdlora.api.make.MakingListener;
import dev.sdlora.cli.console.ProgressLine;
import dev.sdlora.cli.console.TerminalLine;
import java.util.function.LongSupplier;

/** Shows on one line how many layers of a file are done. */
public final class LayerProgress implements MakingListener {
  private final ProgressLine line;
  private final LongSupplier nanoClock;
  private final long startNanos;

  public LayerProgress(ProgressLine line, LongSupplier nanoClock) {
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
  public void clear() {
    line.clear();
  }
}
