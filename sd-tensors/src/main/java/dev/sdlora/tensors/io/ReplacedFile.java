package dev.sdlora.tensors.io;

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
 * Writes files atomically: they appear complete or not at all, however the process ends. The
 * content is written to a locked file {@code .sd-….part} next to the target. A killed process
 * leaves that file behind unlocked, and the next process that writes the same target deletes it.
 * Thread-safe.
 */
public final class ReplacedFile {
  private static final Logger log = LoggerFactory.getLogger(ReplacedFile.class);

  /** The files being written by this process; probing its own locks would release them. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  /** The minimum age of a leftover file, far longer than a process takes to lock a new file. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private ReplacedFile() {}

  /** The content of a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the whole content.
     *
     * @param channel an empty file; the caller closes it and forces it to disk
     * @throws IOException if the content is unavailable or cannot be written, which aborts the
     *     write
     */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes a tensor file, as {@link #write} does.
   *
   * @throws dev.sdlora.api.error.TensorFileException if the file cannot be written
   */
  public static void writeTensors(Path file, Content content) {
    Path target = file.toAbsolutePath();
    if (Files.isDirectory(target)) {
      throw TensorFileErrors.error(file, "cannot be written because it is a folder");
    }
    try {
      write(target, content);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(file, "could not be written", e);
    }
  }

  /**
   * Writes a file next to the target and moves it over the target.
   *
   * @param file the target, in an existing folder
   * @throws IOException if that fails; the target is then unchanged and nothing else remains
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    String prefix =
        ".sd-" + Integer.toHexString(String.valueOf(target.getFileName()).hashCode()) + "-";
    removeLeftovers(target, prefix);
    // Not Files.createTempFile, which creates files that only their owner can read.
    Path partial = target.resolveSibling(prefix + UUID.randomUUID() + ".part");
    OWN.add(partial);
    try {
      try (FileChannel channel =
          FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        lock(channel);
        content.writeTo(channel);
        // Without this, a crash after the move could leave an empty file under the target's name.
        channel.force(true);
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      discard(partial);
      OWN.remove(partial);
    }
  }

  /**
   * Shows other processes that this one is alive; closing the channel, or dying, releases the lock.
   */
  private static void lock(FileChannel channel) {
    try {
      FileLock held = channel.tryLock();
      log.trace("locked {}", held);
    } catch (IOException e) {
      log.debug(
          "the file system does not support locks, so incomplete files are not removed after a"
              + " crash",
          e);
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
      log.debug("could not look for incomplete files of earlier processes in {}", folder, e);
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
      return false; // deleted, or in use
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
