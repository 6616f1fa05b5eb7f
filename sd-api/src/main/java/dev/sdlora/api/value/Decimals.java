package dev.sdlora.api.value;

import java.math.BigDecimal;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Numbers as people write them. */
public final class Decimals {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");

  private Decimals() {}

  /**
   * Reads a finite number.
   *
   * @param written such as {@code 0.8} or {@code 1e-4}; spaces around it do not count
   * @return the number
   * @throws IllegalArgumentException if it is none, or too large
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
   * Reads the number of a setting.
   *
   * @param settings what is written, by key
   * @param key which one
   * @return empty if the setting is not there
   * @throws IllegalArgumentException if it is no number
   */
  public static OptionalDouble of(Map<String, String> settings, String key) {
    String value = settings.get(key);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(parse(value));
  }

  /**
   * Writes a number as the shortest decimal.
   *
   * @param value a finite number
   * @return 7 for 7.0, 0.8 for 0.8, never with an exponent
   */
  public static String text(double value) {
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }
}
