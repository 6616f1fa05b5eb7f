package dev.sdlora.pipeline.image;

import dev.sdlora.api.error.ImageFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads the settings in the {@code EXIF} chunk of WebP files; RFC 9649. */
final class WebpFiles {
  /** {@code RIFF}, the length of the rest, {@code WEBP}. */
  private static final int HEADER_BYTES = 12;

  private WebpFiles() {}

  /**
   * Returns the settings in a WebP file.
   *
   * @throws ImageFileException if the file cannot be read or has no settings
   */
  static String readInfotext(ImageSource source) {
    return source
        .reading(bytes -> comment(source, bytes))
        .orElseThrow(() -> ImageErrors.noText(source, "EXIF UserComment"));
  }

  private static Optional<String> comment(ImageSource source, ImageSource.Bytes bytes)
      throws IOException {
    long at = HEADER_BYTES;
    for (int chunks = 1; at + 8 <= bytes.size(); chunks++) {
      ImageErrors.requireFewParts(source, chunks);
      ByteBuffer head = bytes.read(at, 8);
      String type = StandardCharsets.ISO_8859_1.decode(head.slice(0, 4)).toString();
      long length = Integer.toUnsignedLong(head.order(ByteOrder.LITTLE_ENDIAN).getInt(4));
      boolean whole = at + 8 + length <= bytes.size() && length <= TextChunk.MAX_BYTES;
      if (type.equals("EXIF") && whole) {
        return ExifComment.decode(bytes.copy(at + 8, (int) length));
      }
      // Chunks of odd length are followed by a padding byte that is not counted.
      at += 8 + length + length % 2;
    }
    return Optional.empty();
  }
}
