package dev.sdlora.api.value;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** Reads UTF-8 text with or without a byte order mark, as RFC 8259 permits for JSON. */
public final class Utf8 {
  private Utf8() {}

  /**
   * Returns a reader of a text that skips a byte order mark.
   *
   * @param text the bytes; not copied
   * @return a reader that throws {@link java.nio.charset.CharacterCodingException} if the text is
   *     not valid UTF-8
   */
  public static Reader reader(byte[] text) {
    boolean marked =
        text.length >= 3
            && text[0] == (byte) 0xef
            && text[1] == (byte) 0xbb
            && text[2] == (byte) 0xbf;
    int start = marked ? 3 : 0;
    return new InputStreamReader(
        new ByteArrayInputStream(text, start, text.length - start),
        StandardCharsets.UTF_8.newDecoder());
  }
}
