package dev.sdlora.cli.console;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Escapes text for a terminal. Names, captions, metadata and messages come from files, and a
 * terminal obeys escape sequences in them, which can write to the clipboard (OSC 52), move the
 * cursor or change text already shown. These characters are printed as escapes such as {@code
 * \u001b}. JSON stays valid, because there they can occur only in strings.
 */
public final class VisibleText {
  private VisibleText() {}

  /** Whether a terminal would interpret the character instead of showing it. */
  private static boolean isObeyed(char c) {
    boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
    // Bidirectional controls and line separators.
    boolean turns =
        c == '\u061c' || c == '\u200e' || c == '\u200f' || within(c, '\u202a', '\u202e');
    return control || turns || within(c, '\u2066', '\u2069') || within(c, '\u2028', '\u2029');
  }

  private static boolean within(char c, char first, char last) {
    return c >= first && c <= last;
  }

  /** Returns the text with control characters escaped. */
  static String of(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean lineEnd = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
      if (isObeyed(c) && !lineEnd) {
        visible.append("\\u").append(hex(c));
      } else {
        visible.append(c);
      }
    }
    return visible.toString();
  }

  private static String hex(char c) {
    String digits = Integer.toHexString(c);
    return "0".repeat(4 - digits.length()) + digits;
  }

  /** Returns a writer that escapes control characters and flushes each line. */
  static PrintWriter writer(Writer target) {
    return new PrintWriter(new Visible(target), true);
  }

  /** Returns a stream that escapes control characters, for the logger. */
  public static PrintStream stream(OutputStream target) {
    return new VisibleStream(target);
  }

  private static final class Visible extends FilterWriter {
    Visible(Writer target) {
      super(target);
    }

    @Override
    public void write(int c) throws IOException {
      out.write(of(String.valueOf((char) c)));
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
      out.write(of(new String(text, from, length)));
    }

    @Override
    public void write(String text, int from, int length) throws IOException {
      out.write(of(text.substring(from, from + length)));
    }
  }

  private static final class VisibleStream extends PrintStream {
    VisibleStream(OutputStream target) {
      super(target, true, StandardCharsets.UTF_8);
    }

    @Override
    public void print(String text) {
      super.print(of(String.valueOf(text)));
    }

    @Override
    public void println(String text) {
      super.println(of(String.valueOf(text)));
    }

    @Override
    public void println(Object value) {
      super.println(of(String.valueOf(value)));
    }
  }
}
