package dev.sdlora.batch;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.value.WritableFolder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * The folder of a batch. Several programs may work in it at once: each image is claimed before it
 * is drawn, and a claim is a lock on one byte of one file, so that it ends with its process and
 * nothing has to be tidied up. An image gets its name when all of it is on the disk.
 */
final class OutputFolder implements AutoCloseable {
  /** What is in work, beside the images. */
  static final String WORK = ".sd-batch";

  private static final byte[] PNG_BEGIN = HexFormat.of().parseHex("89504e470d0a1a0a");
  private static final byte[] PNG_END = HexFormat.of().parseHex("0000000049454e44ae426082");

  /** On some systems a program loses its locks when another part of it closes the same file. */
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
   * Opens a folder, which is made unless it is there.
   *
   * @throws BatchException if it cannot be written, or this program works in it already
   */
  static OutputFolder open(Path folder) {
    try {
      Files.createDirectories(folder.resolve(WORK));
      WritableFolder.check(folder);
      Path key = folder.toRealPath();
      synchronized (OPEN) {
        if (!OPEN.add(key)) {
          throw new BatchException(
              "this program has another batch in '%s'; use one after the other, or another process"
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
        "cannot write the pictures of the batch into '%s': %s".formatted(folder, e), e);
  }

  private static void forget(Path key) {
    synchronized (OPEN) {
      OPEN.remove(key);
    }
  }

  /** The file of an image. */
  Path file(BatchRequest request) {
    return folder.resolve(request.file());
  }

  /** Whether a file begins and ends as a PNG does. */
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
   * Does the work of a request, unless another process is at it.
   *
   * @return whether it was done
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

  /** Does the work of a request as soon as no other process is at it. */
  void whenFree(BatchRequest request, Runnable work) {
    whenFree(place(request), work);
  }

  /** Does something with the results, which no other process writes meanwhile. */
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

  /** The end of the process lets go of the lock as well. */
  private static void holding(FileLock lock, Runnable work) throws IOException {
    try (lock) {
      work.run();
    }
  }

  private BatchException cannotLock(IOException e) {
    return new BatchException(
        "cannot lock '%s', by which several programs share a batch: %s"
            .formatted(folder.resolve(WORK).resolve("lock"), e),
        e);
  }

  /** Names of files are the same for whoever draws into this folder, whatever they ask for. */
  private static long place(BatchRequest request) {
    return 1 + (ByteBuffer.wrap(Json.sha256(request.id())).getLong() & (Long.MAX_VALUE >> 1));
  }

  /** Writes the image of a request that is claimed. */
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

  /** After a loss of power too, results must not tell of a file that has no name yet. */
  private void forceNames() {
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    } catch (ClosedByInterruptException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      return; // Windows does it by itself and refuses.
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
