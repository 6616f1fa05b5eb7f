package dev.sdlora.api.image;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.image.spi.ImageBackend;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.value.Checks;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * An image of any size with 8 bits each for red, green and blue. Immutable: pixels are copied on
 * the way in and out. Two images are equal if they have the same size and pixels.
 */
public final class Image {
  /** The largest number of pixels of an image: the most that fit into a byte array. */
  public static final long MAX_PIXELS = (Integer.MAX_VALUE - 8) / 3;

  /** The number of rows converted to opaque colours at a time, which keeps large images cheap. */
  private static final int STRIP_ROWS = 64;

  private final int width;
  private final int height;
  private final byte[] rgb;

  private Image(int width, int height, byte[] rgb) {
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /**
   * Creates an image from pixel values.
   *
   * @param width the width in pixels, at least 1
   * @param height the height in pixels, at least 1
   * @param rgb {@code height × width × 3} bytes: rows from top to bottom, pixels from left to
   *     right, red, green and blue from 0 to 255
   * @return an image with a copy of the bytes
   * @throws IllegalArgumentException if a side is less than 1 or the number of bytes does not match
   */
  public static Image of(int width, int height, byte[] rgb) {
    Objects.requireNonNull(rgb, "rgb");
    Checks.atLeast(1, width, "width");
    Checks.atLeast(1, height, "height");
    if (rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "rgb must have 3 bytes for each of " + width + "x" + height + " pixels: " + rgb.length);
    }
    return new Image(width, height, rgb.clone());
  }

  /**
   * Creates an image from a {@link BufferedImage}.
   *
   * @param image an image of any type; transparent areas become white, as in A1111
   * @return an image with a copy of the pixels
   * @throws IllegalArgumentException if it has more than {@link #MAX_PIXELS} pixels
   */
  public static Image of(BufferedImage image) {
    Objects.requireNonNull(image, "image");
    int width = image.getWidth();
    int height = image.getHeight();
    if ((long) width * height > MAX_PIXELS) {
      throw new IllegalArgumentException(
          "image must have at most %s pixels: %sx%s".formatted(MAX_PIXELS, width, height));
    }
    byte[] rgb = new byte[3 * width * height];
    BufferedImage strip = new BufferedImage(width, STRIP_ROWS, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = strip.createGraphics();
    int at = 0;
    for (int top = 0; top < height; top += STRIP_ROWS) {
      graphics.drawImage(image, 0, -top, Color.WHITE, null);
      int rows = Math.min(STRIP_ROWS, height - top);
      for (int packed : strip.getRGB(0, 0, width, rows, null, 0, width)) {
        rgb[at++] = (byte) (packed >> 16);
        rgb[at++] = (byte) (packed >> 8);
        rgb[at++] = (byte) packed;
      }
    }
    graphics.dispose();
    return new Image(width, height, rgb);
  }

  /**
   * Reads an image file in any format that this Java runtime can read: PNG, JPEG, GIF, BMP, and
   * those added by ImageIO plug-ins. The size is checked before the pixels are read.
   *
   * @param file an image of at most 2²⁶ pixels (8192 × 8192); reading it may use at most half of
   *     the heap
   * @return the image; transparent areas are white
   * @throws ImageFileException if the file is missing, damaged, too large, or in an unsupported
   *     format
   * @throws GenerationCancelledException if the thread is interrupted
   */
  public static Image read(Path file) {
    Objects.requireNonNull(file, "file");
    if (!Files.isRegularFile(file)) {
      throw new ImageFileException(
          "image file '" + file + "' does not exist or is a folder", ErrorDetails.in(file));
    }
    return of(ImageDecoder.decode("image file '" + file + "'", () -> Files.newInputStream(file)));
  }

  /**
   * Reads an image from a stream, as {@link #read(Path)} does from a file.
   *
   * @param stream the stream to read; it is not closed, and may be read beyond the end of the image
   * @return the image; transparent areas are white
   * @throws ImageFileException if the stream fails, or the image is damaged, too large, or in an
   *     unsupported format
   * @throws GenerationCancelledException if the thread is interrupted
   */
  public static Image read(InputStream stream) {
    Objects.requireNonNull(stream, "stream");
    return of(ImageDecoder.decode("image stream", () -> new NotClosed(stream)));
  }

  private static final class NotClosed extends FilterInputStream {
    NotClosed(InputStream stream) {
      super(stream);
    }

    @Override
    public void close() {
      // The caller closes the stream.
    }
  }

  /** {@return the width in pixels} */
  public int width() {
    return width;
  }

  /** {@return the height in pixels} */
  public int height() {
    return height;
  }

  /**
   * {@return a copy of the pixels, {@code height × width × 3} bytes: rows from top to bottom,
   * pixels from left to right, red, green and blue}
   */
  public byte[] rgb() {
    return rgb.clone();
  }

  /**
   * {@return a new {@link BufferedImage} of type {@link BufferedImage#TYPE_INT_RGB} with these
   * pixels}
   */
  public BufferedImage toBufferedImage() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] packed = new int[rgb.length / 3];
    for (int i = 0; i < packed.length; i++) {
      packed[i] =
          (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
    }
    image.setRGB(0, 0, width, height, packed, 0, width);
    return image;
  }

  /**
   * Resizes the image with the three-lobed Lanczos filter as Pillow computes it, which is A1111's
   * filter for images. The aspect ratio is not preserved.
   *
   * @param width the new width in pixels, at least 1
   * @param height the new height in pixels, at least 1
   * @return the image at that size
   * @throws IllegalArgumentException if a side is less than 1, or the image would have more than
   *     {@link #MAX_PIXELS} pixels
   */
  public Image resized(int width, int height) {
    Checks.atLeast(1, width, "width");
    Checks.atLeast(1, height, "height");
    if ((long) width * height > MAX_PIXELS) {
      throw new IllegalArgumentException(
          "image must have at most %s pixels: %sx%s".formatted(MAX_PIXELS, width, height));
    }
    return Services.find(ImageBackend.class).resize(this, width, height);
  }

  /**
   * Writes a PNG file without metadata, whatever the extension of the name. The write is atomic: an
   * existing file is replaced only after everything is written.
   *
   * @param file the target; its folder must exist
   * @throws ImageFileException if the file cannot be written; nothing is left behind
   */
  public void savePng(Path file) {
    Objects.requireNonNull(file, "file");
    Services.find(ImageBackend.class).savePng(this, file);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Image that
        && width == that.width
        && height == that.height
        && Arrays.equals(rgb, that.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * width + Arrays.hashCode(rgb);
  }

  /** Returns the size, such as {@code Image[512x768]}. */
  @Override
  public String toString() {
    return "Image[" + width + "x" + height + "]";
  }
}
