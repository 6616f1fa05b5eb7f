package dev.sdlora.api.image;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
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
 * An image of any size with 8 bits for red, green and blue. Immutable: what goes in and comes out
 * is copied. Two are equal when all pixels are.
 */
public final class Image {
  /** The most pixels that an image can have: as many as an array of bytes holds. */
  public static final long MAX_PIXELS = (Integer.MAX_VALUE - 8) / 3;

  /** So many rows are brought to opaque colours at a time, which keeps large images cheap. */
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
   * Makes an image of its pixels.
   *
   * @param width pixels from left to right, at least 1
   * @param height pixels from top to bottom, at least 1
   * @param rgb {@code height × width × 3} bytes: rows from the top, pixels from the left, red,
   *     green, blue from 0 to 255
   * @return an image with a copy of the bytes
   * @throws IllegalArgumentException if a side is less than 1 or the number of bytes does not fit
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
   * Makes an image of one of Java's.
   *
   * @param image of any type; transparent places become white, as in A1111
   * @return an image with a copy of the pixels
   * @throws IllegalArgumentException if it has more than {@link #MAX_PIXELS}
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
   * Reads an image file of a format that this Java can read: PNG, JPEG, GIF and BMP, and those that
   * plug-ins of ImageIO add. Its size is looked at before its pixels.
   *
   * @param file an image of at most 2²⁶ pixels, a square of 8192, which may take half of the heap
   *     while it is read
   * @return its pixels; transparent places are white
   * @throws ImageFileException if the file is missing, damaged, too large, or of another format
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
   * @param stream is not closed, and may be read beyond the end of the image
   * @return its pixels; transparent places are white
   * @throws ImageFileException if the stream fails, or its image is damaged, too large, or of
   *     another format
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
      // It is the caller's.
    }
  }

  /** {@return the number of pixels from left to right} */
  public int width() {
    return width;
  }

  /** {@return the number of pixels from top to bottom} */
  public int height() {
    return height;
  }

  /**
   * {@return a copy of the pixels, {@code height × width × 3} bytes: rows from the top, pixels from
   * the left, red, green, blue}
   */
  public byte[] rgb() {
    return rgb.clone();
  }

  /**
   * {@return a new {@link BufferedImage} of type {@link BufferedImage#TYPE_INT_RGB} with the
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
   * Resizes by Lanczos' filter with three lobes as Pillow computes it, which A1111 resizes images
   * with. Proportions are the caller's.
   *
   * @param width pixels from left to right, at least 1
   * @param height pixels from top to bottom, at least 1
   * @return the image at that size
   * @throws IllegalArgumentException if a side is less than 1, or the image would have more than
   *     {@link #MAX_PIXELS}
   */
  public Image resized(int width, int height) {
    Checks.atLeast(1, width, "width");
    Checks.atLeast(1, height, "height");
    if ((long) width * height > MAX_PIXELS) {
      throw new IllegalArgumentException(
          "a picture must have at most %s pixels: %sx%s".formatted(MAX_PIXELS, width, height));
    }
    return Services.find(Backend.Images.class).resize(this, width, height);
  }

  /**
   * Writes a PNG without settings, whatever the name ends in. The file appears whole or not at all:
   * an existing one is only replaced when everything is written.
   *
   * @param file the target; its folder must exist
   * @throws ImageFileException if it cannot be written; nothing is left behind
   */
  public void savePng(Path file) {
    Objects.requireNonNull(file, "file");
    Services.find(Backend.Images.class).savePng(this, file);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Image picture
        && width == picture.width
        && height == picture.height
        && Arrays.equals(rgb, picture.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * width + Arrays.hashCode(rgb);
  }

  /** The size, such as {@code Image[512x768]}. */
  @Override
  public String toString() {
    return "Picture[" + width + "x" + height + "]";
  }
}
