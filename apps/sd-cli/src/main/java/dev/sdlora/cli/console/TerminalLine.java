package dev.sdlora.cli.console;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** The last line of a terminal, rewritten on each update. Thread-safe. */
public final class TerminalLine implements ProgressLine {
  private static final int BAR = 30;

  private final PrintWriter terminal;
  private int shownLength;
  private boolean ended;

  public TerminalLine(PrintWriter terminal) {
    this.terminal = terminal;
  }

  /** Returns a bar filled in proportion to the finished work. */
  public static String bar(long done, long total) {
    int filled = (int) (BAR * done / total);
    return "[" + "#".repeat(filled) + "-".repeat(BAR - filled) + "]";
  }

  /**
   * Returns a text such as {@code 2:05 left}, assuming that the rest proceeds at the same speed.
   */
  public static String left(long elapsedNanos, long done, long total) {
    return left(Duration.ofSeconds(Math.round(elapsedNanos / 1e9 * (total - done) / done)));
  }

  /** Formats a time as {@code 2:05 left}. */
  public static String left(Duration time) {
    return clock(time) + " left";
  }

  /** Formats a time as {@code 2:05} or {@code 1:02:05}. */
  public static String clock(Duration time) {
    return time.toHours() > 0
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
  }

  @Override
  public synchronized void show(String text) {
    if (!ended) {
      replace(VisibleText.of(text));
    }
  }

  @Override
  public synchronized void clear() {
    if (shownLength > 0) {
      replace("");
      terminal.print('\r');
      terminal.flush();
    }
  }

  @Override
  public synchronized void end() {
    clear();
    ended = true;
  }

  private void replace(String line) {
    terminal.print('\r' + line + " ".repeat(Math.max(0, shownLength - line.length())));
    terminal.flush();
    shownLength = line.length();
  }
}
