package dev.sdlora.server.loras;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.value.ImageIoReader;
import dev.sdlora.api.value.ImageStream;
import dev.sdlora.server.http.RecentFiles;
import dev.sdlora.server.http.Refusal;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * The preview images of LoRAs, scaled for cards. Scaled images are cached up to a few megabytes.
 * Safe for use by several threads.
 */
final class LoraThumbnails {
  /** Twice the width of a card, for high-resolution screens. */
  private static final int WIDTH = 360;

  private static final int MAX_HEIGHT = 2 * WIDTH;

  /**
   * Limit of pixels of a preview. Images are decoded only in part, so this does not protect memory.
   */
  private static final long MAX_PIXELS = 100_000_000;

  private static final long MAX_FILE = 64L << 20;

  private static final long MAX_KEPT = 24L << 20;

  private final RecentFiles kept = new RecentFiles(Integer.MAX_VALUE, MAX_KEPT);

  /** Scrolling through thousands of cards leaves most cores to drawing. */
  private final Semaphore decoding = new Semaphore(2);

  /**
   * Returns a version that changes with the preview image; empty if there is none that can be
   * shown.
   */
  Optional<String> version(LoraAdapter lora) {
    return lora.preview().filter(LoraThumbnails::isReadable).flatMap(LoraThumbnails::version);
  }

  /** Java cannot read WebP. */
  private static boolean isReadable(Path image) {
    String name = image.toString();
    return ImageIO.getImageReadersBySuffix(
            name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT))
        .hasNext();
  }

  private static Optional<String> version(Path image) {
    try {
      BasicFileAttributes what = Files.readAttributes(image, BasicFileAttributes.class);
      return Optional.of(
          Long.toString(what.lastModifiedTime().toMillis(), 36) + Long.toString(what.size(), 36));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the preview image of a LoRA as JPEG.
   *
   * @throws Refusal if there is none, or it cannot be read
   */
  byte[] jpeg(LoraAdapter lora) {
    Path image =
        lora.preview()
            .orElseThrow(
                () -> new Refusal(404, "LoRA '%s' has no preview image".formatted(lora.name())));
    String key = image + "|" + version(image).orElse("");
    return kept.made(key, () -> read(lora.name(), image));
  }

  private byte[] read(String name, Path image) {
    decoding.acquireUninterruptibly();
    try {
      if (Files.size(image) > MAX_FILE) {
        throw new IOException("the file has more than %s bytes".formatted(MAX_FILE));
      }
      return written(scaled(decoded(image)));
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new Refusal(
          422, "cannot read the preview image of LoRA '%s': %s".formatted(name, reason(e)));
    } finally {
      decoding.release();
    }
  }

  private static String reason(Exception e) {
    return e instanceof FileSystemException
        ? "the file is missing or cannot be opened"
        : "" + e.getMessage();
  }

  private static BufferedImage decoded(Path image) throws IOException {
    try (InputStream stream = Files.newInputStream(image);
        ImageInputStream in = new ImageStream(stream)) {
      return ImageIoReader.ask(in, LoraThumbnails::decoded)
          .orElseThrow(() -> new IOException("the format is unknown"));
    }
  }

  /** Subsamples to at least twice the required size. */
  private static BufferedImage decoded(ImageReader reader) throws IOException {
    int width = reader.getWidth(0);
    if ((long) width * reader.getHeight(0) > MAX_PIXELS) {
      throw new IOException("it has more than %s pixels".formatted(MAX_PIXELS));
    }
    int each = Math.max(1, width / (2 * WIDTH));
    ImageReadParam only = reader.getDefaultReadParam();
    only.setSourceSubsampling(each, each, 0, 0);
    return reader.read(0, only);
  }

  private static BufferedImage scaled(BufferedImage image) {
    double scale = Math.min(1, (double) WIDTH / image.getWidth());
    int width = Math.max(1, (int) Math.round(scale * image.getWidth()));
    int height = Math.max(1, (int) Math.round(scale * image.getHeight()));
    BufferedImage small =
        new BufferedImage(width, Math.min(MAX_HEIGHT, height), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, small.getHeight());
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }

  private static byte[] written(BufferedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", out);
    return out.toByteArray();
  }
}
