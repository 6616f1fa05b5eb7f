package dev.sdlora.pipeline.image;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.infotext.OtherProgram;
import dev.sdlora.tensors.io.ReplacedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Reads and writes image files with settings: PNG and JPEG, and WebP for reading only. */
public final class ImageFiles {
  private ImageFiles() {}

  /**
   * Writes an image with its settings. The file extension selects the format. The write is atomic:
   * an existing file is replaced only when the new one is complete.
   *
   * @param file the target; its name must end in {@code .png}, {@code .jpg} or {@code .jpeg}, and
   *     its folder must exist
   * @throws ImageFileException if it cannot be written; no partial file remains
   * @throws IllegalArgumentException if the extension is not supported
   */
  public static void save(GeneratedImage image, Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    boolean jpeg = name.endsWith(".jpg") || name.endsWith(".jpeg");
    if (!jpeg && !name.endsWith(".png")) {
      throw new IllegalArgumentException("file name must end in .png, .jpg or .jpeg: " + file);
    }
    if (Files.isDirectory(file)) {
      throw ImageErrors.error(
          ImageErrors.subject(file), "cannot be written because it is a folder");
    }
    try {
      byte[] bytes = encode(image, jpeg, ImageErrors.subject(file));
      ReplacedFile.write(file, channel -> Channels.newOutputStream(channel).write(bytes));
    } catch (IOException e) {
      throw ImageErrors.notWritten(file, e);
    }
  }

  /**
   * Encodes an image with its settings as {@link #save} does.
   *
   * @param format {@code png}, {@code jpg} or {@code jpeg}, in any case
   * @throws ImageFileException if the settings are too long for a JPEG
   * @throws IllegalArgumentException if the format is not supported
   */
  public static byte[] encode(GeneratedImage image, String format) {
    String name = format.toLowerCase(Locale.ROOT);
    boolean jpeg = name.equals("jpg") || name.equals("jpeg");
    if (!jpeg && !name.equals("png")) {
      throw new IllegalArgumentException("format must be png, jpg or jpeg: " + format);
    }
    try {
      return encode(image, jpeg, "image");
    } catch (IOException e) {
      throw ImageErrors.error("image", "could not be encoded: " + e.getMessage(), e);
    }
  }

  /**
   * Encodes an image as a JPEG.
   *
   * @param quality 0 to 100
   * @throws ImageFileException if the settings are too long for a JPEG
   */
  public static byte[] encodeJpeg(GeneratedImage image, int quality) {
    try {
      return JpegFiles.encode(image, quality, "image");
    } catch (IOException e) {
      throw ImageErrors.error("image", "could not be encoded: " + e.getMessage(), e);
    }
  }

  private static byte[] encode(GeneratedImage image, boolean jpeg, String subject)
      throws IOException {
    return jpeg ? JpegFiles.encode(image, JpegFiles.QUALITY, subject) : PngFiles.encode(image);
  }

  /**
   * Returns the settings in an image file, whatever its extension: the text {@code parameters} of a
   * PNG, or the EXIF UserComment of a JPEG or WebP file. Settings of other programs, in these or
   * other places, are converted to A1111's format.
   *
   * @throws ImageFileException if the file is missing, damaged or not a supported image, has no
   *     settings, or has settings of a program that cannot be read
   */
  public static String readInfotext(Path file) {
    return readInfotext(ImageSource.of(file));
  }

  /**
   * Returns the settings in an image read from a stream; see {@link #readInfotext(Path)}. The
   * stream is read to its end and not closed.
   *
   * @throws ImageFileException as for a file, or if the stream fails or is longer than 256 MB
   */
  public static String readInfotext(InputStream stream) {
    return readInfotext(ImageSource.of(stream));
  }

  private static String readInfotext(ImageSource source) {
    byte[] start =
        source.reading(
            bytes -> bytes.copy(0, (int) Math.min(bytes.size(), ImageKinds.PREFIX_BYTES)));
    return switch (ImageKinds.describe(start)) {
      case ImageKinds.PNG -> PngFiles.readInfotext(source);
      case ImageKinds.JPEG -> parameters(JpegFiles.readInfotext(source), source, Optional.empty());
      case ImageKinds.WEBP -> parameters(WebpFiles.readInfotext(source), source, Optional.empty());
      default -> throw source.error("is not a PNG, JPEG or WebP but " + ImageKinds.describe(start));
    };
  }

  /**
   * Converts an image's text to A1111's format.
   *
   * @param size the size of the image, if known
   * @throws ImageFileException if the text is from another program and cannot be read
   */
  static String parameters(String text, ImageSource source, Optional<ImageSize> size) {
    return OtherProgram.ofText(text)
        .map(
            program ->
                program
                    .parameters(text, size)
                    .orElseThrow(() -> program.notRead(source.toString(), source.details())))
        .orElse(text);
  }
}
