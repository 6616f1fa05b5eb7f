package dev.sdlora.prompt.qwen;

import java.io.IOException;

/**
 * Reads a JSON text value by value in one pass, without keeping any of them. Values that are
 * skipped need not be valid and may be nested to any depth. Errors name what was expected, what was
 * found and where. It exists because this module, the only one that needs no library, would
 * otherwise depend on Jackson for the four files of a tokenizer. Not thread-safe.
 */
final class JsonReader {
  private static final char END = '\uFFFF';

  private final CharSequence text;
  private int at;

  /** Reads a value of an object. */
  interface Field {
    void read(String key) throws IOException;
  }

  /** Reads a value of an array. */
  interface Item {
    void read() throws IOException;
  }

  JsonReader(CharSequence text) {
    this.text = text;
  }

  /**
   * Reads an object.
   *
   * @param field reads or skips the value of a key
   */
  void object(Field field) throws IOException {
    sequence(
        '{',
        '}',
        () -> {
          String key = string();
          expect(':');
          field.read(key);
        });
  }

  /**
   * Reads an array.
   *
   * @param item reads or skips an item
   */
  void array(Item item) throws IOException {
    sequence('[', ']', item);
  }

  private void sequence(char open, char close, Item item) throws IOException {
    expect(open);
    if (peek() == close) {
      at++;
      return;
    }
    item.read();
    while (peek() == ',') {
      at++;
      item.read();
    }
    expect(close);
  }

  boolean startsArray() {
    return peek() == '[';
  }

  boolean startsObject() {
    return peek() == '{';
  }

  boolean startsString() {
    return peek() == '"';
  }

  /** Reads a string. */
  String string() throws IOException {
    expect('"');
    int start = at;
    int end = at;
    while (charAt(end) != '"' && charAt(end) != '\\' && end < text.length()) {
      end++;
    }
    at = end;
    if (next() == '"') {
      at++;
      return text.subSequence(start, end).toString();
    }
    StringBuilder unescaped = new StringBuilder().append(text, start, end);
    while (next() != '"') {
      if (at == text.length()) {
        throw unlike("the end of a string");
      }
      unescaped.append(character());
    }
    at++;
    return unescaped.toString();
  }

  private char character() throws IOException {
    char c = text.charAt(at++);
    if (c != '\\') {
      return c;
    }
    int start = at;
    char escape = next();
    at++;
    return switch (escape) {
      case '"', '\\', '/' -> escape;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> hexadecimal();
      default -> {
        at = start;
        throw unlike("an escape sequence");
      }
    };
  }

  private char hexadecimal() throws IOException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(next(), 16);
      if (digit < 0) {
        throw unlike("a hexadecimal digit");
      }
      value = 16 * value + digit;
      at++;
    }
    return (char) value;
  }

  /**
   * Reads an integer.
   *
   * @param most the largest value allowed; the smallest is 0
   */
  int integer(int most) throws IOException {
    peek();
    int start = at;
    int value = 0;
    while (next() >= '0' && next() <= '9') {
      int digit = next() - '0';
      if (value > (most - digit) / 10) {
        at = start;
        throw unlike("an integer from 0 to " + most);
      }
      value = 10 * value + digit;
      at++;
    }
    if (at == start || next() == '.' || next() == 'e' || next() == 'E') {
      at = start;
      throw unlike("an integer from 0 to " + most);
    }
    return value;
  }

  /** Skips a value with everything in it. */
  void skip() throws IOException {
    int depth = 0;
    do {
      switch (peek()) {
        case '"' -> string();
        case '{', '[' -> {
          depth++;
          at++;
        }
        case '}', ']' -> {
          depth--;
          at++;
        }
        case ',', ':' -> at++;
        default -> word();
      }
    } while (depth > 0);
  }

  /** Skips a number, {@code true}, {@code false} or {@code null}. */
  private void word() throws IOException {
    int start = at;
    while (Character.isLetterOrDigit(next()) || "+-.".indexOf(next()) >= 0) {
      at++;
    }
    if (at == start) {
      throw unlike("a value");
    }
  }

  /** Checks that nothing follows. */
  void end() throws IOException {
    if (peek() != END || at < text.length()) {
      throw unlike("the end of the file");
    }
  }

  private void expect(char expected) throws IOException {
    if (peek() != expected) {
      throw unlike("'" + expected + "'");
    }
    at++;
  }

  private char peek() {
    while (next() == ' ' || next() == '\n' || next() == '\r' || next() == '\t') {
      at++;
    }
    return next();
  }

  private char next() {
    return charAt(at);
  }

  private char charAt(int place) {
    return place < text.length() ? text.charAt(place) : END;
  }

  private IOException unlike(String expected) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < at; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end of the file";
    return new IOException(
        "it is not the JSON of a tokenizer: expected %s, found %s (line %s, column %s)"
            .formatted(expected, found, line, at - lineStart + 1));
  }
}
