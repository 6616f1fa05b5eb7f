package dev.sdlora.cli.console;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;

/**
 * A terminal line that shows the elapsed time of work without progress of its own. Closing it
 * clears the line.
 */
public final class ElapsedTimeLine implements AutoCloseable {
  private static final long SECOND = 1000;

  private final Timer clock = new Timer("waiting", true);
  private final Optional<TerminalLine> line;

  private ElapsedTimeLine(Optional<TerminalLine> line) {
    this.line = line;
  }

  /** Shows a text at once, followed by the elapsed seconds; does nothing without a terminal. */
  public static ElapsedTimeLine on(Optional<PrintWriter> terminal, String what) {
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
