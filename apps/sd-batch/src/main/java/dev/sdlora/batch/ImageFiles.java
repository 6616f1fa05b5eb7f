package dev.sdlora.batch;

import dev.sdlora.api.error.ImageFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Images that requests name by their paths, {@code file:photo.png}. */
final class ImageFiles {
  /** Of images in base64 none has a point. */
  private static final Pattern PATH =
      Pattern.compile("(?i)(?!data:|https?:|file:).{1,300}\\.[a-z]{3,4}");

  private ImageFiles() {}

  /** What names a file, also where it is only its path. */
  static String reference(String text) {
    return PATH.matcher(text).matches() ? "file:" + text : text;
  }

  /** The bytes of a file. */
  static Optional<byte[]> read(String path) {
    try {
      return Optional.of(Files.readAllBytes(Path.of(path)));
    } catch (NoSuchFileException e) {
      throw new ImageFileException("the picture '%s' does not exist".formatted(path), e);
    } catch (IOException e) {
      throw new ImageFileException("cannot read the picture '%s': %s".formatted(path, e), e);
    }
  }
}
