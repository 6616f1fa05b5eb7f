package dev.sdlora.infotext.key;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.StringReader;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds and decodes JSON (RFC 8259) inside other text. */
public final class JsonText {
  /** Python writes NaN unquoted, and stable-diffusion.cpp a comma after the last element. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();

  /** The characters with a short escape; {@code ESCAPES} has the escapes at the same positions. */
  private static final String ESCAPED = "\"\\\n\r\t\b\f/";

  private static final String ESCAPES = "\"\\nrtbf/";

  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|.)", Pattern.DOTALL);

  private JsonText() {}

  /** Returns the text as a JSON string; non-ASCII characters are not escaped. */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int escape = ESCAPED.indexOf(c);
      if (escape >= 0 && c != '/') {
        quoted.append('\\').append(ESCAPES.charAt(escape));
      } else if (c < ' ') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /** Returns the end of the quoted string at {@code start}, or {@code start} if there is none. */
  static int end(String text, int start) {
    if (start >= text.length() || text.charAt(start) != '"') {
      return start;
    }
    boolean escaped = false;
    for (int i = start + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' && !escaped) {
        return i + 1;
      }
      escaped = c == '\\' && !escaped;
    }
    return start;
  }

  /** Whether an object or array may start here. */
  static boolean opens(String text, int start) {
    return start < text.length() && (text.charAt(start) == '{' || text.charAt(start) == '[');
  }

  /**
   * Returns the end of the object or array at {@code start}; {@code start} if there is none or if
   * it is followed by anything but a comma.
   */
  public static int endOfObject(String text, int start) {
    try (JsonParser parser = JSON.createParser(new StringReader(text.substring(start)))) {
      parser.nextToken();
      parser.skipChildren();
      int end = start + (int) parser.currentLocation().getCharOffset();
      return end == text.length() || text.charAt(end) == ',' ? end : start;
    } catch (IOException e) {
      return start;
    }
  }

  /** Decodes a JSON string; any other text is returned unchanged. */
  static String unquote(String text) {
    if (text.isEmpty() || end(text, 0) != text.length()) {
      return text;
    }
    StringBuilder plain = new StringBuilder();
    int copied = 1;
    int close = text.length() - 1;
    Matcher escape = ESCAPE.matcher(text).region(1, close);
    while (escape.find()) {
      String code = escape.group(1);
      int known = ESCAPES.indexOf(text.charAt(escape.start() + 1));
      if (code == null && known < 0) {
        return text;
      }
      plain
          .append(text, copied, escape.start())
          .append(code == null ? ESCAPED.charAt(known) : (char) Integer.parseInt(code, 16));
      copied = escape.end();
    }
    return plain.append(text, copied, close).toString();
  }
}
