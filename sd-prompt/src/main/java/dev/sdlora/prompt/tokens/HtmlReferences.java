package dev.sdlora.prompt.tokens;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.HashMap;
import java.util.Map;

/**
 * Decodes HTML character references as Python's {@code html.unescape} does: numbers, and the HTML5
 * names, including those that need no semicolon.
 */
final class HtmlReferences {
  private static final int LONGEST_NAME = 32;
  private static final int BEYOND_UNICODE = Character.MAX_CODE_POINT + 1;
  private static final String REPLACEMENT = "\uFFFD";
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");
  private static final Map<String, String> NAMES = names();

  private HtmlReferences() {}

  static String unescape(String text) {
    int ampersand = text.indexOf('&');
    if (ampersand < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int copied = 0;
    while (ampersand >= 0) {
      out.append(text, copied, ampersand);
      copied =
          text.startsWith("#", ampersand + 1)
              ? appendNumbered(text, ampersand, out)
              : appendNamed(text, ampersand, out);
      ampersand = text.indexOf('&', copied);
    }
    return out.append(text, copied, text.length()).toString();
  }

  /** Appends the character of {@code &#...} and returns the offset after the reference. */
  private static int appendNumbered(String text, int ampersand, StringBuilder out) {
    int at = ampersand + 2;
    int radix = 10;
    if (at < text.length() && (text.charAt(at) == 'x' || text.charAt(at) == 'X')) {
      radix = 16;
      at++;
    }
    int number = 0;
    int digits = 0;
    while (at < text.length() && asciiDigit(text.charAt(at), radix) >= 0) {
      number = Math.min(number * radix + asciiDigit(text.charAt(at), radix), BEYOND_UNICODE);
      digits++;
      at++;
    }
    if (digits == 0) {
      out.append('&');
      return ampersand + 1;
    }
    out.append(numbered(number));
    return text.startsWith(";", at) ? at + 1 : at;
  }

  private static int asciiDigit(char c, int radix) {
    return c < 0x80 ? Character.digit(c, radix) : -1;
  }

  private static String numbered(int number) {
    if (number == 0 || number > Character.MAX_CODE_POINT) {
      return REPLACEMENT;
    }
    if (number >= Character.MIN_SURROGATE && number <= Character.MAX_SURROGATE) {
      return REPLACEMENT;
    }
    if (number >= 0x80 && number <= 0x9F) {
      String windows = new String(new byte[] {(byte) number}, WINDOWS_1252);
      return windows.equals(REPLACEMENT) ? Character.toString(number) : windows;
    }
    return isDropped(number) ? "" : Character.toString(number);
  }

  /** Whether the number is a control character or a Unicode noncharacter, which are dropped. */
  private static boolean isDropped(int number) {
    boolean control =
        number < 0x20 ? number < '\t' || number == 0x0B || number > '\r' : number == 0x7F;
    boolean nonCharacter = (number & 0xFFFE) == 0xFFFE || (number >= 0xFDD0 && number <= 0xFDEF);
    return control || nonCharacter;
  }

  /**
   * Appends the characters of the longest name after an ampersand and returns the offset after it.
   */
  private static int appendNamed(String text, int ampersand, StringBuilder out) {
    int start = ampersand + 1;
    int end = start;
    for (int i = 0; i < LONGEST_NAME && end < text.length() && isName(text.charAt(end)); i++) {
      end += Character.charCount(text.codePointAt(end));
    }
    if (end > start && text.startsWith(";", end)) {
      end++;
    }
    for (int to = end; to > start + 1; to--) {
      String characters = NAMES.get(text.substring(start, to));
      if (characters != null) {
        out.append(characters).append(text, to, end);
        return end;
      }
    }
    out.append('&').append(text, start, end);
    return end;
  }

  private static boolean isName(char c) {
    return "\t\n\f <&#;".indexOf(c) < 0;
  }

  private static Map<String, String> names() {
    Map<String, String> names = new HashMap<>();
    try (BufferedReader lines = Resources.reader(Resources.open("html5-references.txt"))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] fields = line.split(" ", -1);
          names.put(fields[0], characters(fields));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  private static String characters(String[] fields) {
    StringBuilder characters = new StringBuilder();
    for (int i = 1; i < fields.length; i++) {
      characters.appendCodePoint(Integer.parseInt(fields[i], 16));
    }
    return characters.toString();
  }
}
