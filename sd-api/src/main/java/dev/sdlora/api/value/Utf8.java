package dev.sdlora.api.value;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** Text files of other programs, as JSON is written (RFC 8259). */
public final class Utf8 {
  private Utf8() {}

  /**
   * Returns the characters of a text without a byte order mark.
   *
   * @param text not copied
   * @return a reader that throws {@link java.nio.charset.CharacterCodingException} where the text
   *     is not UTF-8
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
