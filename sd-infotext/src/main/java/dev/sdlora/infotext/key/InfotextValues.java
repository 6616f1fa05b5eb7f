package dev.sdlora.infotext.key;

import dev.sdlora.api.sampling.Rng;
import dev.sdlora.infotext.Infotext;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.regex.Pattern;

/** Formats and parses the values of {@link Infotext} as Python prints them. */
public final class InfotextValues {
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");

  /** Python prints whole numbers from here on with an exponent. */
  private static final double LARGE = 1e16;

  private InfotextValues() {}

  /**
   * Formats a number as A1111 does: whole numbers without a decimal point, others as Python's
   * {@code repr}, with the fewest digits that identify the value.
   */
  public static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < LARGE) {
      return value == 0 && 1 / value < 0 ? "-0.0" : Long.toString((long) value);
    }
    BigDecimal shortest = shortest(value);
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    if (exponent >= -4 && exponent < 16) {
      return shortest.toPlainString();
    }
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + String.format(Locale.ROOT, "e%+03d", exponent);
  }

  /** Before Java 19, {@link Double#toString} sometimes returns one digit too many. */
  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new MathContext(17)).stripTrailingZeros();
  }

  static int integer(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("it must be a whole number", e);
    }
  }

  static boolean isDecimal(String value) {
    return DECIMAL.matcher(value).matches();
  }

  static double decimal(String value) {
    if (!isDecimal(value)) {
      throw new IllegalArgumentException("it must be a number such as 7.5");
    }
    return Double.parseDouble(value);
  }

  static long seed(String value) {
    try {
      return value.startsWith("-") ? Long.parseLong(value) : Long.parseUnsignedLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("it must be a whole number of at most 64 bits", e);
    }
  }

  static boolean flag(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("it must be True or False");
    };
  }

  public static Rng rng(String value) {
    return switch (value.toUpperCase(Locale.ROOT)) {
      // The generator of NVIDIA cards, A1111's default; stable-diffusion.cpp calls the same
      // generator CUDA.
      case "GPU", "NV", "CUDA" -> Rng.NV;
      case "CPU" -> Rng.CPU;
      default -> throw new IllegalArgumentException("it must be NV, CPU or GPU");
    };
  }
}
