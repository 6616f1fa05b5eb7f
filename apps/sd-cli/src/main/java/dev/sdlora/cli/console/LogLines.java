package dev.sdlora.cli.console;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Progress without a terminal, such as in a log: prints a line after ten seconds, then whenever the
 * elapsed time has doubled, but at least every five minutes.
 */
final class LogLines implements ProgressLine {
  private static final long FIRST = Duration.ofSeconds(10).toNanos();
  private static final long LONGEST = Duration.ofMinutes(5).toNanos();

  private final PrintWriter log;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private long dueNanos = FIRST;
  private boolean ended;

  LogLines(PrintWriter log, LongSupplier nanoClock) {
    this.log = log;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
  }

  @Override
  public synchronized void show(String text) {
    long elapsed = nanoClock.getAsLong() - startNanos;
    if (!ended && elapsed >= dueNanos) {
      log.println(VisibleText.of(text));
      log.flush();
      dueNanos = elapsed + Math.min(elapsed, LONGEST);
    }
  }

  @Override
  public void clear() {
    // Log lines are not cleared.
  }

  @Override
  public synchronized void end() {
    ended = true;
  }
}
