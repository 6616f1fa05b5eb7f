package dev.sdlora.pipeline.image;

import dev.sdlora.api.sampling.Rng;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.regex.Pattern;

/** The values of {@link Infotext} as Python prints them, and what they mean. */
final class InfotextValues {
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");

  /** Whole numbers from here on have an exponent in Python. */
  private static final double LARGE = 1e16;

  private InfotextValues() {}

  /**
   * A number as A1111 shows what its sliders send: whole ones without a point, others as Python's
   * {@code repr} has them, which is with the fewest digits that mean the same.
   */
  static String number(double value) {
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

  /** {@link Double#toString} gives one digit too many now and then before Java 19. */
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

  static Rng rng(String value) {
    return switch (value.toUpperCase(Locale.ROOT)) {
      // What an NVIDIA card draws, which is what A1111 runs on unless told otherwise; CUDA is
      // stable-diffusion.cpp's name for the same numbers.
      case "GPU", "NV", "CUDA" -> Rng.NV;
      case "CPU" -> Rng.CPU;
      default -> throw new IllegalArgumentException("the known ones are NV, CPU and GPU");
    };
  }
}
