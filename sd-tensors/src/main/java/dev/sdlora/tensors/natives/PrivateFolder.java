package dev.sdlora.tensors.natives;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A new folder that only this user can enter, for processes whose user has no home. It is deleted
 * when the process ends; the next process deletes what a killed one left. A lock, which always ends
 * with its process, marks folders in use.
 */
final class PrivateFolder {
  private static final Logger LOG = LoggerFactory.getLogger(PrivateFolder.class);
  private static final String PREFIX = "sdlora-natives-";
  private static final String LOCK = "lock";

  private static @Nullable Path folder;

  private PrivateFolder() {}

  /** Returns the folder of this process, created at the first call. */
  static synchronized Path get() {
    Path known = folder;
    if (known == null) {
      Path parent = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
      try {
        known = create(parent);
      } catch (IOException e) {
        throw new IllegalStateException(
            "cannot create a folder for native libraries in " + parent + ": " + e.getMessage(), e);
      }
      folder = known;
    }
    return known;
  }

  private static Path create(Path parent) throws IOException {
    // The parent folders must be safe before the folder is created.
    Ownership.requireOwn(parent.resolve(PREFIX));
    deleteLeftovers(parent);
    Path made = Files.createTempDirectory(parent, PREFIX);
    FileChannel channel =
        FileChannel.open(
            made.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    FileLock held = channel.lock();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(made, held), "sd-lora natives"));
    return made;
  }

  private static void end(Path folder, FileLock held) {
    FolderContents.deleteQuietly(folder);
    try {
      held.acquiredBy().close();
    } catch (IOException e) {
      LOG.debug("the lock of {} could not be released", folder, e);
    }
  }

  private static void deleteLeftovers(Path parent) throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path leftover : leftovers) {
        // Folders of other users are left alone, whatever they contain.
        if (Ownership.complaint(leftover).isEmpty() && !inUse(leftover)) {
          FolderContents.deleteQuietly(leftover);
        }
      }
    }
  }

  private static boolean inUse(Path leftover) {
    Path lock = leftover.resolve(LOCK);
    if (!Files.exists(lock)) {
      // It may have just been created.
      return !FolderContents.untouchedForMinutes(leftover);
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock free = channel.tryLock()) {
      return free == null;
    } catch (IOException e) {
      return true;
    }
  }
}
