package dev.sdlora.cli;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;

/**
 * One line on a terminal that says what is waited for and how long already, while something works
 * that does not tell how far it is. Closing takes the line away.
 */
final class ElapsedTimeLine implements AutoCloseable {
  private static final long SECOND = 1000;

  private final Timer clock = new Timer("waiting", true);
  private final Optional<TerminalLine> line;

  private ElapsedTimeLine(Optional<TerminalLine> line) {
    this.line = line;
  }

  /** Shows a line at once and counts seconds behind it; without a terminal it does nothing. */
  static ElapsedTimeLine on(Optional<PrintWriter> terminal, String what) {
    ElapsedTimeLine waiting = new ElapsedTimeLine(terminal.map(TerminalLine::new));
    waiting.line.ifPresent(shown -> waiting.count(shown, what));
    return waiting;
  }

  private void count(TerminalLine shown, String what) {
    TimerTask next =
        new TimerTask() {
          private int seconds;

          @Override
          public void run() {
            shown.show(what + ", " + seconds++ + " s");
          }
        };
    clock.scheduleAtFixedRate(next, 0, SECOND);
  }

  @Override
  public void close() {
    clock.cancel();
    line.ifPresent(TerminalLine::end);
  }
}
