package dev.sdlora.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Lines of UTF-8 text, of which each has a limit. */
final class ManifestLines {
  private final InputStream in;
  private final int longest;

  /**
   * Lines of a stream.
   *
   * @param in buffered
   * @param longest in bytes
   */
  ManifestLines(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /**
   * The next line; empty at the end.
   *
   * @throws IllegalArgumentException if it is too long or no UTF-8; the next call gives the one
   *     behind it
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
          "it has %s bytes; a line has at most %s".formatted(length, longest));
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
