package dev.sdlora.tensors.folder;

import java.util.Comparator;

/** The order in which people count: {@code ink-2} before {@code Ink-10}, ignoring case. */
public final class NaturalOrder {
  /** Compares names; returns 0 only for equal strings. */
  public static final Comparator<String> NAMES =
      ((Comparator<String>) NaturalOrder::compare).thenComparing(Comparator.naturalOrder());

  private NaturalOrder() {}

  private static int compare(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      boolean number = isDigit(a, i);
      if (number != isDigit(b, j)) {
        return number ? -1 : 1;
      }
      int endA = number ? endOfNumber(a, i) : i + 1;
      int endB = number ? endOfNumber(b, j) : j + 1;
      int order =
          number
              ? compareNumbers(a.substring(i, endA), b.substring(j, endB))
              : Character.compare(lower(a.charAt(i)), lower(b.charAt(j)));
      if (order != 0) {
        return order;
      }
      i = endA;
      j = endB;
    }
    return Integer.compare(a.length() - i, b.length() - j);
  }

  private static int compareNumbers(String a, String b) {
    String x = withoutZeros(a);
    String y = withoutZeros(b);
    return x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
  }

  private static String withoutZeros(String number) {
    int from = 0;
    while (from < number.length() && number.charAt(from) == '0') {
      from++;
    }
    return number.substring(from);
  }

  private static int endOfNumber(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text, end)) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(String text, int at) {
    return text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static char lower(char letter) {
    return Character.toLowerCase(Character.toUpperCase(letter));
  }
}
