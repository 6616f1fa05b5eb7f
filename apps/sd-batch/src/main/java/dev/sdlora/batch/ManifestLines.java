package dev.sdlora.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Lines of UTF-8 text with a length limit. */
final class ManifestLines {
  private final InputStream in;
  private final int longest;

  /**
   * Creates a reader of lines.
   *
   * @param in a buffered stream
   * @param longest the limit of a line in bytes
   */
  ManifestLines(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /**
   * Returns the next line; empty at the end.
   *
   * @throws IllegalArgumentException if the line is too long or not UTF-8; the next call returns
   *     the one after it
   */
  Optional<String> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long length = 0;
    int read = in.read();
    if (read < 0) {
      return Optional.empty();
    }
    for (; read >= 0 && read != '\n'; read = in.read()) {
      length++;
      if (length <= longest) {
        line.write(read);
      }
    }
    if (length > longest) {
      throw new IllegalArgumentException(
          "it has %s bytes; the limit of a line is %s".formatted(length, longest));
    }
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(line.toByteArray()))
              .toString();
      return Optional.of(text.startsWith("\ufeff") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("it is not UTF-8", e);
    }
  }
}
