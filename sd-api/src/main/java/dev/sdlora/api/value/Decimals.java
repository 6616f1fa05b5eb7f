package dev.sdlora.api.value;

import java.math.BigDecimal;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Parses and formats numbers in settings. */
public final class Decimals {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");

  private Decimals() {}

  /**
   * Parses a finite number.
   *
   * @param written a number such as {@code 0.8} or {@code 1e-4}; surrounding spaces are ignored
   * @return the number
   * @throws IllegalArgumentException if the text is not a number, or the number is too large
   */
  public static double parse(String written) {
    String text = written.strip();
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a number such as 0.8");
    }
    double value = Double.parseDouble(text);
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("'" + text + "' is too large");
    }
    return value;
  }

  /**
   * Parses the number of a setting.
   *
   * @param settings the values by key
   * @param key the key of the setting
   * @return the number; empty if the setting is missing
   * @throws IllegalArgumentException if the value is not a number
   */
  public static OptionalDouble of(Map<String, String> settings, String key) {
    String value = settings.get(key);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(parse(value));
  }

  /**
   * Formats a number as the shortest decimal.
   *
   * @param value a finite number
   * @return text such as 7 for 7.0 and 0.8 for 0.8, never with an exponent
   */
  public static String text(double value) {
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }
}
