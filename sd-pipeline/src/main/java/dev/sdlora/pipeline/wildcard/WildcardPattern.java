package dev.sdlora.pipeline.wildcard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A pattern for names of wildcards: {@code *} and {@code **} match any characters, including
 * slashes, {@code **}{@code /} matches any number of folders, {@code ?} matches one character
 * within a folder, and {@code [a-z0-9]} or {@code [!a-z]} matches one character of a set. A pattern
 * matches in every folder. Takes time in proportion to the product of pattern and name. Immutable.
 */
final class WildcardPattern {
  private final List<Token> tokens = new ArrayList<>();

  private enum Kind {
    CHARACTER,
    ANY_TEXT,
    FOLDER_START
  }

  /** A part of the pattern; the test is for single characters. */
  private record Token(Kind kind, IntPredicate test) {}

  /** Parses a pattern; any text is valid. */
  WildcardPattern(String pattern) {
    int at = 0;
    while (at < pattern.length()) {
      char next = pattern.charAt(at);
      int closing = next == '[' ? pattern.indexOf(']', at + 2) : -1;
      if (pattern.startsWith("**/", at)) {
        add(Kind.ANY_TEXT);
        add(Kind.FOLDER_START);
        at += 3;
      } else if (closing > 0) {
        tokens.add(new Token(Kind.CHARACTER, oneOf(pattern.substring(at + 1, closing))));
        at = closing + 1;
      } else {
        switch (next) {
          case '*' -> add(Kind.ANY_TEXT);
          case '?' -> tokens.add(new Token(Kind.CHARACTER, c -> c != '/'));
          default -> tokens.add(new Token(Kind.CHARACTER, c -> c == next));
        }
        at++;
      }
    }
  }

  /** Whether a text contains a special character of patterns. */
  static boolean isPattern(String text) {
    return text.chars().anyMatch(c -> "*?[".indexOf(c) >= 0);
  }

  private void add(Kind kind) {
    tokens.add(new Token(kind, c -> true));
  }

  private static IntPredicate oneOf(String characters) {
    boolean not = characters.startsWith("!");
    String all = not ? characters.substring(1) : characters;
    IntPredicate in = c -> false;
    for (int i = 0; i < all.length(); i++) {
      char from = all.charAt(i);
      boolean isRange = i + 2 < all.length() && all.charAt(i + 1) == '-';
      char to = isRange ? all.charAt(i + 2) : from;
      in = in.or(c -> from <= c && c <= to);
      i += isRange ? 2 : 0;
    }
    IntPredicate listed = in;
    return c -> c != '/' && listed.test(c) != not;
  }

  /** Whether the pattern matches a name, or its end from the start of a folder. */
  boolean matches(String name) {
    return IntStream.rangeClosed(0, name.length())
        .filter(start -> isFolderStart(name, start))
        .anyMatch(start -> matches(name, start));
  }

  private static boolean isFolderStart(String name, int at) {
    return at == 0 || name.charAt(at - 1) == '/';
  }

  /** Matches with backtracking: on a mismatch, the last {@code *} takes one more character. */
  private boolean matches(String name, int start) {
    int at = start;
    int token = 0;
    int lastAny = -1;
    int tried = 0;
    while (at < name.length() || token < tokens.size()) {
      Token next =
          token < tokens.size() ? tokens.get(token) : new Token(Kind.CHARACTER, c -> false);
      if (next.kind == Kind.ANY_TEXT) {
        lastAny = token++;
        tried = at;
      } else if (next.kind == Kind.FOLDER_START && isFolderStart(name, at)) {
        token++;
      } else if (next.kind == Kind.CHARACTER
          && at < name.length()
          && next.test.test(name.charAt(at))) {
        at++;
        token++;
      } else if (lastAny >= 0 && tried < name.length()) {
        at = ++tried;
        token = lastAny + 1;
      } else {
        return false;
      }
    }
    return true;
  }
}
