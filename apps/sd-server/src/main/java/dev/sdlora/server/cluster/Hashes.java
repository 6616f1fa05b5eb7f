package dev.sdlora.server.cluster;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import java.nio.file.Path;

/** The SHA-256 of files; those of large ones are remembered across processes. */
final class Hashes {
  private Hashes() {}

  /**
   * Returns the SHA-256 of a file, 64 hexadecimal digits in lower case.
   *
   * @throws TensorFileException if the file cannot be read
   */
  static String sha256(Path file) {
    return Services.find(Backend.Files.class).sha256(file);
  }

  /** Whether a file has a hash; false if it cannot be read. */
  static boolean has(Path file, String sha256) {
    try {
      return sha256(file).equals(sha256);
    } catch (TensorFileException e) {
      return false;
    }
  }
}
