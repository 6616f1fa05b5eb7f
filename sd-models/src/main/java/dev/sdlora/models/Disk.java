package dev.sdlora.models;

import dev.sdlora.models.DownloadException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Writes files that several threads and processes share, under a lock and atomically. */
final class Disk {
  /** File locks are held by the whole process, so its threads need additional locks. */
  private static final ConcurrentHashMap<Path, Turns> TURNS = new ConcurrentHashMap<>();

  private Disk() {}

  /** The lock for the threads of this process. */
  private static final class Turns {
    private final ReentrantLock lock = new ReentrantLock();
    private int users;

    private Turns joined() {
      users++;
      return this;
    }
  }

  /** Work that is done under a lock. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  /**
   * Runs work exclusively among all threads of all processes.
   *
   * @param lock the lock file, which is created and kept
   */
  static void alone(Path lock, Work work) throws IOException, InterruptedException {
    Path key = lock.toAbsolutePath().normalize();
    Turns turns =
        TURNS.compute(key, (path, known) -> (known == null ? new Turns() : known).joined());
    try {
      turns.lock.lockInterruptibly();
      try (FileChannel channel = lockFile(key);
          FileLock held = locked(channel, key)) {
        assert held.isValid();
        work.run();
      } finally {
        turns.lock.unlock();
      }
    } finally {
      TURNS.computeIfPresent(key, (path, known) -> --known.users == 0 ? null : known);
    }
  }

  private static FileLock locked(FileChannel channel, Path file) {
    try {
      return channel.lock();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static FileChannel lockFile(Path file) {
    try {
      makeFolderOf(file);
      return FileChannel.open(
          file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Creates the parent folders of a file. A link to a folder counts as a folder. */
  static void makeFolderOf(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
  }

  /** Writes a small file atomically, replacing an existing one. */
  static void write(Path file, byte[] content) {
    Path partial = sibling(file);
    try {
      makeFolderOf(file);
      try {
        Files.write(partial, content);
        publish(partial, file);
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Moves a complete file to its final name. */
  static void publish(Path partial, Path file) throws IOException {
    try {
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Makes the same file available at a second path: as a hard link, or else as a copy. */
  static void duplicate(Path original, Path file) {
    Path partial = sibling(file);
    try {
      makeFolderOf(file);
      try {
        Path real = original.toRealPath();

        try {
          Files.createLink(partial, real);
        } catch (UnsupportedOperationException | IOException e) {
          Files.copy(real, partial, StandardCopyOption.REPLACE_EXISTING);
        }
        publish(partial, file);
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /**
   * Creates a symbolic link whose target is relative to its folder; returns false if links are not
   * possible.
   */
  static boolean link(Path link, Path target) {
    Path partial = sibling(link);
    try {
      try {
        Files.createSymbolicLink(partial, target);
        publish(partial, link);
        return true;
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (UnsupportedOperationException | IOException e) {
      return false;
    }
  }

  private static Path sibling(Path file) {
    return file.resolveSibling(".sd-" + UUID.randomUUID() + ".part");
  }

  /** The error for a file that cannot be written, with the reason. */
  static DownloadException unwritable(Path file, IOException e) {
    String why = e instanceof FileSystemException at ? at.getReason() : e.getMessage();
    return new DownloadException(
        Reason.STORAGE,
        "'%s' cannot be written: %s"
            .formatted(file, why == null ? e.getClass().getSimpleName() : why),
        e);
  }
}
