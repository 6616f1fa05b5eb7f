package dev.sdlora.api;

import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.FileReason;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A finished image with the settings that reproduce it. Immutable: {@link #toBufferedImage()}
 * returns a copy.
 */
public final class GeneratedImage {
  private final Image image;
  private final long seed;
  private final String infotext;

  /**
   * Creates an image with its settings.
   *
   * @param image the pixels, of any size
   * @param seed the seed of the image
   * @param infotext the settings in A1111's text format
   */
  public GeneratedImage(Image image, long seed, String infotext) {
    this.image = Objects.requireNonNull(image, "image");
    this.seed = seed;
    this.infotext = Objects.requireNonNull(infotext, "infotext");
  }

  /**
   * {@return the width in pixels} Usually the requested one; if only the surroundings of a mask
   * were generated, that of the input image.
   */
  public int width() {
    return image.width();
  }

  /** {@return the height in pixels} See {@link #width()}. */
  public int height() {
    return image.height();
  }

  /** {@return the seed of this image} */
  public long seed() {
    return seed;
  }

  /** {@return the settings in the text format that A1111 writes into its images} */
  public String infotext() {
    return infotext;
  }

  /** {@return the pixels, for use as the input of another request} */
  public Image image() {
    return image;
  }

  /**
   * {@return a copy of the pixels: rows from top to bottom, pixels from left to right, each as red,
   * green, blue}
   */
  public byte[] rgb() {
    return image.rgb();
  }

  /**
   * {@return a new {@link BufferedImage} of type {@link BufferedImage#TYPE_INT_RGB} with the
   * pixels}
   */
  public BufferedImage toBufferedImage() {
    return image.toBufferedImage();
  }

  /** {@return the bytes of a PNG file with the settings, as written by {@link #save}} */
  public byte[] png() {
    return Services.find(Backend.Images.class).encode(this, "png");
  }

  /**
   * {@return the bytes of a JPEG file of quality 80 with the settings, as written by {@link #save}}
   *
   * @throws ImageFileException if the settings are too long for a JPEG
   */
  public byte[] jpeg() {
    return Services.find(Backend.Images.class).encode(this, "jpg");
  }

  /**
   * Encodes the image as a JPEG with the settings.
   *
   * @param quality 0, for the smallest file, to 100
   * @return the bytes of the file
   * @throws ImageFileException if the settings are too long for a JPEG
   * @throws IllegalArgumentException if the quality is out of range
   */
  public byte[] jpeg(int quality) {
    Checks.inRange(0, 100, quality, "quality");
    return Services.find(Backend.Images.class).encodeJpeg(this, quality);
  }

  /**
   * Writes the bytes of an image file to a stream, as {@link #save} does to a file.
   *
   * @param out the stream, which is flushed but not closed
   * @param format {@code png}, {@code jpg} or {@code jpeg}, ignoring case
   * @throws ImageFileException if the stream fails, or the settings are too long for a JPEG
   * @throws IllegalArgumentException if the format is unknown
   */
  public void write(OutputStream out, String format) {
    Objects.requireNonNull(out, "out");
    Objects.requireNonNull(format, "format");
    byte[] bytes = Services.find(Backend.Images.class).encode(this, format);
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      throw new ImageFileException(
          "image could not be written to its stream: " + FileReason.of(e), e);
    }
  }

  /**
   * Reads the settings of an image file.
   *
   * @param file a PNG, JPEG or WebP file of a program that {@link PromptSpec#fromImage} supports
   * @return the settings in A1111's text format, which {@link PromptSpec#fromInfotext} parses
   * @throws ImageFileException if the file is of another kind or contains no settings
   */
  public static String readInfotext(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(Backend.Images.class).readInfotext(file);
  }

  /**
   * Reads the settings from the bytes of an image file, as {@link #readInfotext(Path)} does.
   *
   * @param stream the stream to read to its end, at most 256 MB; it is not closed
   * @return the settings as text, which {@link PromptSpec#fromInfotext} parses
   * @throws ImageFileException if the stream fails or is too long, or contains no settings
   */
  public static String readInfotext(InputStream stream) {
    Objects.requireNonNull(stream, "stream");
    return Services.find(Backend.Images.class).readInfotext(stream);
  }

  /**
   * Writes a PNG with the settings in its {@code parameters} text, or a JPEG (quality 80) with the
   * settings in its EXIF UserComment, where A1111, Civitai and {@link PromptSpec#fromImage} find
   * them. The file appears completely or not at all: an existing file is replaced only when
   * everything has been written.
   *
   * @param file the target; its name must end in {@code .png}, {@code .jpg} or {@code .jpeg}, and
   *     its folder must exist
   * @throws ImageFileException if the file cannot be written, for example because the disk is full
   * @throws IllegalArgumentException if the name has another extension
   */
  public void save(Path file) {
    Objects.requireNonNull(file, "file");
    Services.find(Backend.Images.class).save(this, file);
  }

  /** Returns the size and the seed, such as {@code GeneratedImage[512x768, seed 42]}. */
  @Override
  public String toString() {
    return "GeneratedImage[" + width() + "x" + height() + ", seed " + seed + "]";
  }
}
