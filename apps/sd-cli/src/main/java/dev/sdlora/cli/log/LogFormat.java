package dev.sdlora.cli.log;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.cli.report.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.TreeMap;
import org.slf4j.event.KeyValuePair;

/** The format of log lines. */
public enum LogFormat {
  /** A line for people, followed by the stack trace of an exception. */
  TEXT {
    @Override
    String line(LogEvent event) {
      StringBuilder line = new StringBuilder();
      line.append(event.level()).append(' ').append(event.logger()).append(" - ");
      line.append(event.message());
      new TreeMap<>(event.context())
          .forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
      return event.error() == null
          ? line.toString()
          : line.append(System.lineSeparator()).append(stack(event.error())).toString();
    }
  },

  /** A JSON object in one line. */
  JSON {
    @Override
    String line(LogEvent event) {
      ObjectNode line = Json.object();
      line.put("time", event.time().truncatedTo(ChronoUnit.MILLIS).toString());
      line.put("level", event.level().toString());
      line.put("logger", event.logger());
      line.put("message", event.message());
      new TreeMap<>(event.context()).forEach(line::put);
      for (KeyValuePair pair : event.values()) {
        if (pair.value instanceof Integer || pair.value instanceof Long) {
          line.put(pair.key, ((Number) pair.value).longValue());
        } else {
          line.put(pair.key, String.valueOf(pair.value));
        }
      }
      if (event.error() != null) {
        line.put("error", event.error().toString());
        line.put("stack_trace", stack(event.error()));
      }
      return Json.line(line);
    }
  };

  abstract String line(LogEvent event);

  private static String stack(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString().stripTrailing();
  }

  /**
   * Returns the format with a name.
   *
   * @throws IllegalArgumentException if it is unknown
   */
  public static LogFormat parse(String name) {
    for (LogFormat format : values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
        return format;
      }
    }
    throw new IllegalArgumentException("a log format must be text or json: " + name);
  }
}
