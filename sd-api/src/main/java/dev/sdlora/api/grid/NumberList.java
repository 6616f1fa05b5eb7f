package dev.sdlora.api.grid;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lists of numbers in the syntax of A1111's X/Y/Z plot: {@code 1, 2.5, 7}; {@code 1-5}; {@code 1-10
 * (+3)}, in steps of 3; {@code 0-1 [5]}, five evenly spaced numbers including both ends.
 */
final class NumberList {
  /** Longer lists are assumed to be typing errors. */
  private static final int MOST = 10_000;

  private static final String NUMBER = "([+-]?\\d+(?:\\.\\d+)?)";
  private static final Pattern RANGE =
      Pattern.compile(
          NUMBER
              + "\\s*-\\s*"
              + NUMBER
              + "\\s*(?:\\(\\s*"
              + NUMBER
              + "\\s*\\)|\\[\\s*(\\d{1,4})\\s*\\])?");

  private NumberList() {}

  /**
   * Returns the numbers of a list.
   *
   * @param whole whether evenly spaced numbers are truncated to whole numbers
   * @throws IllegalArgumentException if a part is neither a number nor a range
   */
  static List<BigDecimal> of(List<String> parts, boolean whole) {
    List<BigDecimal> numbers = new ArrayList<>();
    for (String part : parts) {
      Matcher range = RANGE.matcher(part);
      if (range.matches()) {
        BigDecimal from = new BigDecimal(range.group(1));
        BigDecimal to = new BigDecimal(range.group(2));
        numbers.addAll(
            range.group(4) != null
                ? spread(from, to, Integer.parseInt(range.group(4)), whole)
                : stepped(part, from, to, step(range, from, to)));
      } else {
        numbers.add(number(part));
      }
    }
    return numbers;
  }

  private static BigDecimal number(String part) {
    try {
      return new BigDecimal(part);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + part + "' is neither a number nor a range such as 1-5, 1-9 (+2) or 0-1 [5]", e);
    }
  }

  private static BigDecimal step(Matcher range, BigDecimal from, BigDecimal to) {
    return range.group(3) != null
        ? new BigDecimal(range.group(3))
        : BigDecimal.valueOf(to.compareTo(from) < 0 ? -1 : 1);
  }

  private static List<BigDecimal> stepped(
      String part, BigDecimal from, BigDecimal to, BigDecimal step) {
    if (step.signum() == 0 || to.subtract(from).signum() * step.signum() < 0) {
      throw new IllegalArgumentException("the range '" + part + "' never reaches its end");
    }
    List<BigDecimal> numbers = new ArrayList<>();
    BigDecimal at = from;
    while (to.subtract(at).signum() * step.signum() >= 0) {
      if (numbers.size() == MOST) {
        throw new IllegalArgumentException(
            "the range '" + part + "' has more than " + MOST + " numbers");
      }
      numbers.add(at);
      at = at.add(step);
    }
    return numbers;
  }

  private static List<BigDecimal> spread(BigDecimal from, BigDecimal to, int count, boolean whole) {
    List<BigDecimal> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BigDecimal way = to.subtract(from).multiply(BigDecimal.valueOf(i));
      BigDecimal number =
          from.add(way.divide(BigDecimal.valueOf(Math.max(1, count - 1L)), MathContext.DECIMAL32));
      numbers.add(whole ? number.setScale(0, RoundingMode.DOWN) : number);
    }
    return numbers;
  }
}
