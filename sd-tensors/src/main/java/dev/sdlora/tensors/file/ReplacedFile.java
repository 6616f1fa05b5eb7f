package dev.sdlora.tensors.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes files that appear whole or not at all, whatever ends the process. What is being written
 * lies beside the target as {@code .sd-….part}, locked; a process that is killed leaves it there
 * unlocked, and the next one that writes the same file removes it. Safe for use by several threads.
 */
public final class ReplacedFile {
  private static final Logger log = LoggerFactory.getLogger(ReplacedFile.class);

  /** What this process is writing; to look at its own locks would let go of them. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  /** Far longer than it takes from the making of a file to its lock. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private ReplacedFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes everything.
     *
     * @param channel an empty file; it is closed and forced to the disk by the caller
     * @throws IOException if the content cannot be had or written, which ends the whole write
     */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes beside the target and moves the result over it.
   *
   * @param file the target, in a folder that exists
   * @throws IOException if that fails; then the target is as it was and nothing else is left
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    String prefix =
        ".sd-" + Integer.toHexString(String.valueOf(target.getFileName()).hashCode()) + "-";
    removeLeftovers(target, prefix);
    // Not Files.createTempFile: that makes files which only their owner can read.
    Path partial = target.resolveSibling(prefix + UUID.randomUUID() + ".part");
    OWN.add(partial);
    try {
      try (FileChannel channel =
          FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        lock(channel);
        content.writeTo(channel);
        // Without this, a crash after the move could leave an empty file under the final name.
        channel.force(true);
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      discard(partial);
      OWN.remove(partial);
    }
  }

  /** Tells other processes that this one lives; closing the channel, or dying, lets go of it. */
  private static void lock(FileChannel channel) {
    try {
      FileLock held = channel.tryLock();
      log.trace("locked {}", held);
    } catch (IOException e) {
      log.debug("the file system has no locks, so nothing is removed after a crash", e);
    }
  }

  private static void removeLeftovers(Path target, String prefix) {
    Path folder = target.getParent();
    if (folder == null) {
      return;
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, prefix + "*.part")) {
      for (Path partial : found) {
        if (!OWN.contains(partial) && isAbandoned(partial)) {
          discard(partial);
        }
      }
    } catch (IOException e) {
      log.debug("could not look for what earlier processes left in {}", folder, e);
    }
  }

  private static boolean isAbandoned(Path partial) {
    try {
      Instant changed = Files.getLastModifiedTime(partial).toInstant();
      if (changed.isAfter(Instant.now().minus(GRACE))) {
        return false;
      }
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        return lock != null;
      }
    } catch (IOException | OverlappingFileLockException e) {
      return false; // gone, or in use
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
