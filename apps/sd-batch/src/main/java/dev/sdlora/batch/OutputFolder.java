package dev.sdlora.batch;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.value.Sha256;
import dev.sdlora.api.value.WritableFolder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * The folder of a batch. Several processes may share it: each image is claimed before it is drawn.
 * A claim is a lock on one byte of a file, which is released when the process ends, so nothing
 * needs to be cleaned up. An image gets its final name once it is completely on disk.
 */
final class OutputFolder implements AutoCloseable {
  /** The folder for unfinished images and the lock file. */
  static final String WORK = ".sd-batch";

  private static final byte[] PNG_BEGIN = HexFormat.of().parseHex("89504e470d0a1a0a");
  private static final byte[] PNG_END = HexFormat.of().parseHex("0000000049454e44ae426082");

  /**
   * Folders open in this process; on some systems, closing a file releases all locks of the process
   * on it.
   */
  private static final Set<Path> OPEN = new HashSet<>();

  private final Path folder;
  private final Path key;
  private final FileChannel locks;

  private OutputFolder(Path folder, Path key, FileChannel locks) {
    this.folder = folder;
    this.key = key;
    this.locks = locks;
  }

  /**
   * Opens a folder and creates it if necessary.
   *
   * @throws BatchException if it cannot be written, or this process is already running a batch in
   *     it
   */
  static OutputFolder open(Path folder) {
    try {
      Files.createDirectories(folder.resolve(WORK));
      WritableFolder.check(folder);
      Path key = folder.toRealPath();
      synchronized (OPEN) {
        if (!OPEN.add(key)) {
          throw new BatchException(
              "this process is already running a batch in '%s'; run them one after another, or in separate processes"
                  .formatted(folder));
        }
      }
      try {
        FileChannel locks =
            FileChannel.open(
                folder.resolve(WORK).resolve("lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        return new OutputFolder(folder, key, locks);
      } catch (IOException | RuntimeException e) {
        forget(key);
        throw e;
      }
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
  }

  static BatchException cannotWrite(Path folder, IOException e) {
    return new BatchException(
        "cannot write the images of the batch to '%s': %s".formatted(folder, e), e);
  }

  private static void forget(Path key) {
    synchronized (OPEN) {
      OPEN.remove(key);
    }
  }

  /** Returns the file of an image. */
  Path file(BatchRequest request) {
    return folder.resolve(request.file());
  }

  /** Whether a file begins and ends like a PNG. */
  static boolean isWhole(Path file) {
    try (RandomAccessFile read = new RandomAccessFile(file.toFile(), "r")) {
      byte[] begin = new byte[PNG_BEGIN.length];
      byte[] end = new byte[PNG_END.length];
      if (read.length() < begin.length + end.length) {
        return false;
      }
      read.readFully(begin);
      read.seek(read.length() - end.length);
      read.readFully(end);
      return Arrays.equals(begin, PNG_BEGIN) && Arrays.equals(end, PNG_END);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Runs the work of a request unless another process has claimed it.
   *
   * @return whether it was run
   */
  boolean ifFree(BatchRequest request, Runnable work) {
    try {
      FileLock lock = locks.tryLock(place(request), 1, false);
      if (lock == null) {
        return false;
      }
      holding(lock, work);
      return true;
    } catch (IOException e) {
      throw cannotLock(e);
    }
  }

  /** Waits until no other process has claimed a request, then runs its work. */
  void whenFree(BatchRequest request, Runnable work) {
    whenFree(place(request), work);
  }

  /** Runs work on the results while no other process writes them. */
  void whileNobodyWrites(Runnable work) {
    whenFree(0, work);
  }

  private void whenFree(long place, Runnable work) {
    try {
      holding(locks.lock(place, 1, false), work);
    } catch (FileLockInterruptionException | ClosedByInterruptException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException("the batch was cancelled");
    } catch (IOException e) {
      throw cannotLock(e);
    }
  }

  /** The lock is also released at the end of the process. */
  private static void holding(FileLock lock, Runnable work) throws IOException {
    try (lock) {
      work.run();
    }
  }

  private BatchException cannotLock(IOException e) {
    return new BatchException(
        "cannot lock '%s', which coordinates processes that share the folder: %s"
            .formatted(folder.resolve(WORK).resolve("lock"), e),
        e);
  }

  /** Returns the byte to lock, which depends only on the file name, so that all processes agree. */
  private static long place(BatchRequest request) {
    return 1
        + (ByteBuffer.wrap(Sha256.of(request.id().getBytes(StandardCharsets.UTF_8))).getLong()
            & (Long.MAX_VALUE >> 1));
  }

  /** Saves the image of a claimed request. */
  void write(BatchRequest request, byte[] png) {
    Path target = file(request);
    Path partial = folder.resolve(WORK).resolve(request.id() + ".part");
    try {
      try (FileChannel channel =
          FileChannel.open(
              partial,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        for (ByteBuffer bytes = ByteBuffer.wrap(png); bytes.hasRemaining(); ) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (ClosedByInterruptException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException("the batch was cancelled");
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
    forceNames();
  }

  /** Flushes file names, so that even after a power loss no result refers to a missing file. */
  private void forceNames() {
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    } catch (ClosedByInterruptException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      return; // Windows refuses this, but does it itself.
    }
  }

  @Override
  public void close() {
    try {
      locks.close();
    } catch (IOException e) {
      throw cannotLock(e);
    } finally {
      forget(key);
    }
  }
}
