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
   * Reads a finite number; spaces around it do not count.
   *
   * @throws IllegalArgumentException if it is none
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
   * The number of a setting, if it is there.
   *
   * @throws IllegalArgumentException if it is no number
   */
  public static OptionalDouble of(Map<String, String> settings, String key) {
    String value = settings.get(key);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(parse(value));
  }

  /** The shortest decimal: 7 for 7.0, 0.8 for 0.8, no exponent. */
  public static String text(double value) {
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }
}
