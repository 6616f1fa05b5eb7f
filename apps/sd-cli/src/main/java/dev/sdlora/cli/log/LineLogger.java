package dev.sdlora.cli.log;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/** Writes each event as one line. Safe for use by several threads. */
final class LineLogger extends LegacyAbstractLogger implements LoggingEventAware {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // Loggers are serialized by their names.
  private final transient Supplier<@Nullable Map<String, String>> context;

  LineLogger(String name, Supplier<@Nullable Map<String, String>> context) {
    this.name = name;
    this.context = context;
  }

  private boolean isOn(Level level) {
    return LogOutput.isOn(name, level);
  }

  @Override
  public boolean isTraceEnabled() {
    return isOn(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return isOn(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return isOn(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return isOn(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return isOn(Level.ERROR);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String message,
      Object @Nullable [] arguments,
      @Nullable Throwable error) {
    write(level, message, arguments, List.of(), error);
  }

  @Override
  public void log(LoggingEvent event) {
    write(
        event.getLevel(),
        event.getMessage(),
        event.getArgumentArray(),
        Objects.requireNonNullElse(event.getKeyValuePairs(), List.of()),
        event.getThrowable());
  }

  private void write(
      Level level,
      String message,
      Object @Nullable [] arguments,
      List<KeyValuePair> values,
      @Nullable Throwable error) {
    LogOutput.write(
        new LogEvent(
            Instant.now(),
            level,
            name,
            String.valueOf(MessageFormatter.basicArrayFormat(message, arguments)),
            Objects.requireNonNullElse(context.get(), Map.of()),
            values,
            error));
  }
}
