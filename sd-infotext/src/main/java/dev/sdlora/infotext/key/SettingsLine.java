package dev.sdlora.infotext.key;

import dev.sdlora.infotext.Infotext;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The line {@code Key: value, Key: value} of an {@link Infotext}. A key is two or more letters,
 * digits, blanks, {@code _}, {@code -} or {@code /} and starts with a letter, digit or {@code _}. A
 * value is a JSON string, object or array, or anything up to the next comma.
 */
public final class SettingsLine {
  /** Maximum number of JSON objects and arrays parsed, so that any line is read in linear time. */
  private static final int MAX_OBJECTS = 16;

  private final Map<String, String> values = new LinkedHashMap<>();
  private int found;

  /** Adds a setting; if a key is repeated, the last value counts. */
  public SettingsLine add(String key, String value) {
    values.put(key, value);
    found++;
    return this;
  }

  /** The number of settings added, including repeated keys. */
  public int found() {
    return found;
  }

  /** All values by key, in order of first appearance. */
  public Map<String, String> values() {
    return Collections.unmodifiableMap(values);
  }

  /** Returns the value of a key. */
  public Optional<String> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /**
   * Parses a line. Parts that do not match the pattern are skipped, so any text is a valid line,
   * possibly without settings.
   */
  public static SettingsLine parse(String line) {
    SettingsLine settings = new SettingsLine();
    int objects = 0;
    int start = 0;
    int colon = line.indexOf(':');
    while (colon >= 0) {
      int keyStart = keyStart(line, start, colon);
      if (colon - keyStart >= 2) {
        int valueStart = skipBlanks(line, colon + 1);
        int valueEnd = valueEnd(line, valueStart);
        if (JsonText.opens(line, valueStart) && objects < MAX_OBJECTS) {
          objects++;
          valueEnd = Math.max(valueEnd, JsonText.endOfObject(line, valueStart));
        }
        settings.add(
            line.substring(keyStart, colon),
            JsonText.unquote(line.substring(valueStart, valueEnd)));
        start = valueEnd + 1;
      } else {
        start = colon + 1;
      }
      colon = line.indexOf(':', start);
    }
    return settings;
  }

  /**
   * Returns the start of the longest key that ends before the colon; the colon itself if there is
   * none.
   */
  private static int keyStart(String line, int from, int colon) {
    int start = colon;
    for (int i = colon - 1; i >= from; i--) {
      char c = line.charAt(i);
      if (isWord(c)) {
        start = i;
      } else if (c != ' ' && c != '-' && c != '/') {
        break;
      }
    }
    return start;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private static int skipBlanks(String line, int from) {
    int at = from;
    while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Returns the position of the comma after the value, or the end of the line. */
  private static int valueEnd(String line, int from) {
    int quoted = JsonText.end(line, from);
    if (quoted == line.length() || (quoted > from && line.charAt(quoted) == ',')) {
      return quoted;
    }
    int comma = line.indexOf(',', from);
    return comma < 0 ? line.length() : comma;
  }

  /**
   * Returns the line as it is written: ambiguous values become JSON strings, and a value that
   * equals its key is not repeated.
   */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(entry -> text(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String text(String key, String value) {
    return key.equals(value) ? key : key + ": " + (isPlain(value) ? value : JsonText.quote(value));
  }

  private static boolean isPlain(String value) {
    return !value.startsWith("\"") && value.chars().noneMatch(c -> ",\n:".indexOf(c) >= 0);
  }
}
