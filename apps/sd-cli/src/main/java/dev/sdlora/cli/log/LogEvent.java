package dev.sdlora.cli.log;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/**
 * An event to log.
 *
 * @param time the time
 * @param level the level
 * @param logger the name of the logger
 * @param message the message, with its arguments
 * @param context names and values of the thread (MDC)
 * @param values names and values of the event
 * @param error the exception; null if there is none
 */
record LogEvent(
    Instant time,
    Level level,
    String logger,
    String message,
    Map<String, String> context,
    List<KeyValuePair> values,
    @Nullable Throwable error) {
  LogEvent {
    context = Map.copyOf(context);
    values = List.copyOf(values);
  }
}
