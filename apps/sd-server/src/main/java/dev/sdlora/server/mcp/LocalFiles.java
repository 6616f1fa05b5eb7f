package dev.sdlora.server.mcp;

import dev.sdlora.request.image.ImageLookup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The image files of this machine by their absolute paths, for a client that its owner started.
 * Files are only decoded as images.
 */
final class LocalFiles implements ImageLookup {
  private final int mostBytes;

  /**
   * Creates a lookup.
   *
   * @param mostBytes the limit of a file's bytes
   */
  LocalFiles(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Accepts the forms {@code /home/me/photo.png} and {@code ///home/me/photo.png}. */
  @Override
  public Optional<byte[]> find(String name) {
    try {
      Path file = Path.of(name.replaceFirst("^//(?=/)", ""));
      if (!file.isAbsolute() || !Files.isRegularFile(file)) {
        return Optional.empty();
      }
      try (InputStream content = Files.newInputStream(file)) {
        byte[] bytes = content.readNBytes(mostBytes + 1);
        if (bytes.length > mostBytes) {
          throw new IllegalArgumentException(
              "the file '%s' has more than %s bytes".formatted(file, mostBytes));
        }
        return Optional.of(bytes);
      }
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }
}
