package dev.sdlora.api;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import javax.imageio.ImageIO;

/**
 * A picture of any size with 8 bits for red, green and blue. Immutable: what goes in and comes out
 * is copied. Two are equal when all pixels are.
 */
public final class Picture {
  private final int width;
  private final int height;
  private final byte[] rgb;

  private Picture(int width, int height, byte[] rgb) {
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /**
   * A picture from its pixels.
   *
   * @param width pixels from left to right, at least 1
   * @param height pixels from top to bottom, at least 1
   * @param rgb {@code height × width × 3} bytes: rows from the top, pixels from the left, red,
   *     green, blue from 0 to 255
   * @throws IllegalArgumentException if a side is less than 1 or the number of bytes does not fit
   */
  public static Picture of(int width, int height, byte[] rgb) {
    Objects.requireNonNull(rgb, "rgb");
    Checks.atLeast(1, width, "width");
    Checks.atLeast(1, height, "height");
    if (rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "rgb must have 3 bytes for each of " + width + "x" + height + " pixels: " + rgb.length);
    }
    return new Picture(width, height, rgb.clone());
  }

  /** A picture from one of Java's; transparent places become white, as in A1111. */
  public static Picture of(BufferedImage image) {
    Objects.requireNonNull(image, "image");
    int width = image.getWidth();
    int height = image.getHeight();
    BufferedImage opaque = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = opaque.createGraphics();
    graphics.drawImage(image, 0, 0, Color.WHITE, null);
    graphics.dispose();
    int[] packed = opaque.getRGB(0, 0, width, height, null, 0, width);
    byte[] rgb = new byte[3 * packed.length];
    for (int i = 0; i < packed.length; i++) {
      rgb[3 * i] = (byte) (packed[i] >> 16);
      rgb[3 * i + 1] = (byte) (packed[i] >> 8);
      rgb[3 * i + 2] = (byte) packed[i];
    }
    return new Picture(width, height, rgb);
  }

  /**
   * Reads a picture file of a format that this Java can read: PNG, JPEG, GIF and BMP, and those
   * that plug-ins of ImageIO add.
   *
   * @throws ImageFileException if the file is missing, damaged, or of another format
   */
  public static Picture read(Path file) {
    Objects.requireNonNull(file, "file");
    if (!Files.isRegularFile(file)) {
      throw new ImageFileException("image file '" + file + "' does not exist or is a folder");
    }
    try {
      BufferedImage image = ImageIO.read(file.toFile());
      if (image == null) {
        throw new ImageFileException(
            "image file '" + file + "' is of a format that this Java cannot read");
      }
      return of(image);
    } catch (IOException | IllegalArgumentException e) {
      throw new ImageFileException(
          "image file '" + file + "' could not be read: " + e.getMessage(), e);
    }
  }

  /** Pixels from left to right. */
  public int width() {
    return width;
  }

  /** Pixels from top to bottom. */
  public int height() {
    return height;
  }

  /** A copy of the pixels: rows from the top, pixels from the left, red, green, blue. */
  public byte[] rgb() {
    return rgb.clone();
  }

  /** A new {@link BufferedImage} of type {@link BufferedImage#TYPE_INT_RGB} with the pixels. */
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

  @Override
  public boolean equals(Object other) {
    return other instanceof Picture picture
        && width == picture.width
        && height == picture.height
        && Arrays.equals(rgb, picture.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * width + Arrays.hashCode(rgb);
  }

  /** The size, such as {@code Picture[512x768]}. */
  @Override
  public String toString() {
    return "Picture[" + width + "x" + height + "]";
  }
}
