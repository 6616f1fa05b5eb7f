package dev.sdlora.cli.log;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/** The format of this process's log lines, and where they go. */
public final class LogOutput {
  private static volatile LogFormat format = LogFormat.TEXT;

  /** Receives lines of JSON; those of text go to {@link System#err}, whatever that is by then. */
  private static volatile PrintStream json = System.err;

  private LogOutput() {}

  /**
   * Writes JSON from now on, also for what is printed on {@link System#err}, a line of which
   * becomes a message.
   */
  public static void useJson() {
    json = System.err;
    format = LogFormat.JSON;
    System.setErr(new PrintStream(new Lines(), true, StandardCharsets.UTF_8));
  }

  /** Ends the effect of {@link #useJson}. */
  public static void useText() {
    if (format == LogFormat.JSON) {
      format = LogFormat.TEXT;
      System.setErr(json);
    }
  }

  /**
   * Whether a logger writes at a level. The engine's progress notes would clutter the command line;
   * lines for each request and job are for programs that read JSON.
   */
  static boolean isOn(String logger, Level level) {
    boolean reports = format == LogFormat.JSON && logger.startsWith("dev.sdlora.server.");
    // The server logs each outage; the pool would add a stack for each connection.
    boolean repeats = logger.startsWith("com.zaxxer.hikari.");
    Level least = repeats ? Level.ERROR : reports ? Level.INFO : Level.WARN;
    return level.toInt() >= least.toInt();
  }

  static void write(LogEvent event) {
    PrintStream out = format == LogFormat.JSON ? json : System.err;
    out.println(format.line(event));
  }

  /** Converts printed lines to messages. Safe for use by several threads. */
  private static final class Lines extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      if (b != '\n') {
        line.write(b);
        return;
      }
      String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
      line.reset();
      if (!text.isEmpty()) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        LogOutput.write(
            new LogEvent(
                Instant.now(),
                Level.INFO,
                "stderr",
                text,
                context == null ? Map.of() : context,
                List.of(),
                null));
      }
    }
  }
}
