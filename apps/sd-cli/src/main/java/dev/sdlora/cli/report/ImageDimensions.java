package dev.sdlora.cli.report;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.FileReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Recognises images by their content. Calls Java's image reader, which is slow to start, only for
 * files that begin like images.
 */
public final class ImageDimensions {
  private static final Set<String> WITH_SETTINGS = Set.of("png", "jpeg");

  private static final Set<String> FORMATS = Set.of("png", "jpeg", "gif", "bmp", "tif");

  /** The first bytes of the known image formats. */
  private static final List<String> BEGINNINGS =
      List.of("\u0089PNG", "\u00ff\u00d8\u00ff", "GIF8", "BM", "II", "MM");

  /** The number of bytes of a WebP file that contain its size. */
  private static final int WEBP_HEAD = 30;

  private ImageDimensions() {}

  /**
   * Returns the size of an image, such as {@code 512x768}; empty for other files.
   *
   * @throws StableDiffusionException if the image is damaged
   */
  public static Optional<String> of(Path path) {
    return Files.isDirectory(path) ? Optional.empty() : find(path, FORMATS);
  }

  /** Whether an image is a PNG, JPEG or WebP. */
  public static boolean mayHoldSettings(Path path) {
    return find(path, WITH_SETTINGS).isPresent();
  }

  private static Optional<String> find(Path path, Set<String> formats) {
    try {
      byte[] head;
      try (InputStream file = Files.newInputStream(path)) {
        head = file.readNBytes(WEBP_HEAD);
      }
      String text = new String(head, StandardCharsets.ISO_8859_1);
      if (BEGINNINGS.stream().anyMatch(text::startsWith)) {
        return other(path, formats);
      }
      return head.length == WEBP_HEAD && text.startsWith("RIFF") && text.startsWith("WEBPVP8", 8)
          ? webp(head)
          : Optional.empty();
    } catch (IOException e) {
      throw new StableDiffusionException("'" + path + "' cannot be read: " + FileReason.of(e), e);
    }
  }

  private static Optional<String> other(Path path, Set<String> formats) throws IOException {
    try (InputStream file = Files.newInputStream(path);
        ImageInputStream in = ImageIO.createImageInputStream(file)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      while (readers.hasNext()) {
        ImageReader reader = readers.next();
        if (formats.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
          reader.setInput(in);
          return Optional.of(reader.getWidth(0) + "x" + reader.getHeight(0));
        }
      }
      return Optional.empty();
    }
  }

  /** Reads the size from each of the three WebP variants (RFC 9649). */
  private static Optional<String> webp(byte[] head) {
    ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    int lossless = bytes.getInt(21);
    return switch (head[15]) {
      case 'X' -> size((bytes.getInt(24) & 0xffffff) + 1, (bytes.getInt(26) >>> 8) + 1);
      case 'L' -> size((lossless & 0x3fff) + 1, (lossless >>> 14 & 0x3fff) + 1);
      default -> size(bytes.getShort(26) & 0x3fff, bytes.getShort(28) & 0x3fff);
    };
  }

  private static Optional<String> size(int width, int height) {
    return Optional.of(width + "x" + height);
  }
}
