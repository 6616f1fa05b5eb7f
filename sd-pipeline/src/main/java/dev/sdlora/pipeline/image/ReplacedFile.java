package dev.sdlora.pipeline.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes files that appear whole or not at all. */
final class ReplacedFile {
  private static final Logger log = LoggerFactory.getLogger(ReplacedFile.class);

  private ReplacedFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes beside the target and moves the result over it.
   *
   * @throws IOException if that fails; then the target is as it was and nothing else is left
   */
  static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    // Not Files.createTempFile: that makes files which only their owner can read.
    Path partial = target.resolveSibling(".image-" + UUID.randomUUID() + ".part");
    FileChannel channel =
        FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      try (channel) {
        content.writeTo(Channels.newOutputStream(channel));
        // Without this, a crash after the move could leave an empty file under the final name.
        channel.force(true);
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      discard(partial);
    }
  }

  private static void discard(Path partial) {
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      log.warn("could not delete the incomplete file {}", partial, e);
    }
  }
}
