package dev.sdlora.tensors.natives;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lock on a folder, which one process at a time holds and which ends with its process. */
final class ProcessLock {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessLock.class);

  private ProcessLock() {}

  /** What a process does while it holds the lock. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /**
   * Waits until no other process holds the lock of a folder, and works.
   *
   * @param folder gets a file {@code lock}
   */
  static void holding(Path folder, Work work) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      LOG.debug("locked {}, {}", folder, held);
      work.run();
    }
  }
}
