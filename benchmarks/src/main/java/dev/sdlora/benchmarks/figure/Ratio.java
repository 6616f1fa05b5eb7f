package dev.sdlora.benchmarks.figure;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ratio of a figure to its reference. A share of a rate, such as {@code 91.0 %}, is better if
 * it is higher; a multiple of a time or of memory, such as {@code 2.10 ×}, if it is lower.
 *
 * @param number the quotient: 0.91 for a share of 91 %
 * @param share whether it is a share
 */
public record Ratio(double number, boolean share) {
  private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?) ([%×])");

  /** Checks the number. */
  public Ratio {
    if (!(number >= 0 && number < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a ratio must be at least 0 and finite: " + number);
    }
  }

  /**
   * Parses the result of {@link #toString()}.
   *
   * @throws IllegalArgumentException if the text is malformed
   */
  static Ratio parse(String written) {
    Matcher matcher = WRITTEN.matcher(written);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "expected a ratio such as \"91.0 %\" or \"2.10 ×\", found \"" + written + "\"");
    }
    boolean share = matcher.group(2).equals("%");
    return new Ratio(Double.parseDouble(matcher.group(1)) / (share ? 100 : 1), share);
  }

  /** Whether this is as good as another ratio of its kind, or better. */
  boolean meets(Ratio aim) {
    return share ? number >= aim.number : number <= aim.number;
  }

  /**
   * Returns by how much this is better than an earlier ratio: 0.25 if it is faster by a quarter,
   * below 0 if it is worse.
   */
  double gain(Ratio earlier) {
    if (number == earlier.number) {
      return 0;
    }
    return share ? number / earlier.number - 1 : earlier.number / number - 1;
  }

  /** Formats a share with one decimal and a multiple with two. */
  @Override
  public String toString() {
    return share
        ? String.format(Locale.ROOT, "%.1f %%", 100 * number)
        : String.format(Locale.ROOT, "%.2f ×", number);
  }
}
