package dev.sdlora.batch;

import dev.sdlora.api.error.ImageFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Images that requests refer to by path, as in {@code file:photo.png}. */
final class ImageReferences {
  /** Matches paths; base64 images contain no dot. */
  private static final Pattern PATH =
      Pattern.compile("(?i)(?!data:|https?:|file:).{1,300}\\.[a-z]{3,4}");

  private ImageReferences() {}

  /** Returns the reference to a file, given a reference or a plain path. */
  static String reference(String text) {
    return PATH.matcher(text).matches() ? "file:" + text : text;
  }

  /** Returns the bytes of a file. */
  static Optional<byte[]> read(String path) {
    try {
      return Optional.of(Files.readAllBytes(Path.of(path)));
    } catch (NoSuchFileException e) {
      throw new ImageFileException("the image '%s' does not exist".formatted(path), e);
    } catch (IOException e) {
      throw new ImageFileException("cannot read the image '%s': %s".formatted(path, e), e);
    }
  }
}
