package dev.sdlora.pipeline.image;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.ImageFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Picture files with settings: PNG and JPEG, and WebP for reading. */
public final class PictureFiles {
  private PictureFiles() {}

  /**
   * Writes a picture with its settings; the ending of the name says in which format. The file
   * appears whole or not at all: an existing file is only replaced when everything is written.
   *
   * @param file the target; its name must end in {@code .png}, {@code .jpg} or {@code .jpeg}, its
   *     folder must exist
   * @throws ImageFileException if it cannot be written; nothing is left behind
   * @throws IllegalArgumentException if the name ends otherwise
   */
  public static void save(GeneratedImage image, Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    boolean jpeg = name.endsWith(".jpg") || name.endsWith(".jpeg");
    if (!jpeg && !name.endsWith(".png")) {
      throw new IllegalArgumentException("file name must end in .png, .jpg or .jpeg: " + file);
    }
    if (Files.isDirectory(file)) {
      throw ImageErrors.error(file, "cannot be written because it is a folder");
    }
    if (jpeg) {
      JpegFiles.save(image, file);
    } else {
      PngFiles.save(image, file);
    }
  }

  /**
   * The settings in a picture file, whatever its name is: the text {@code parameters} of a PNG, or
   * the EXIF UserComment of a JPEG or WebP file.
   *
   * @throws ImageFileException if the file is missing, damaged or of another kind, or has none
   */
  public static String readParameters(Path file) {
    byte[] start =
        ImageErrors.reading(
            file,
            channel -> {
              int length = (int) Math.min(channel.size(), ImageKinds.PREFIX_BYTES);
              return FileBytes.read(channel, 0, length).array();
            });
    return switch (ImageKinds.describe(start)) {
      case ImageKinds.PNG -> PngFiles.readParameters(file);
      case ImageKinds.JPEG -> JpegFiles.readParameters(file);
      case ImageKinds.WEBP -> WebpFiles.readParameters(file);
      default ->
          throw ImageErrors.error(
              file, "is not a PNG, JPEG or WebP but " + ImageKinds.describe(start));
    };
  }
}
