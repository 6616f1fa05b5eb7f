package dev.sdlora.tensors.natives;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Operations on folders and everything in them. Links are not followed. */
final class FolderContents {
  private static final Logger LOG = LoggerFactory.getLogger(FolderContents.class);
  private static final Duration LONG = Duration.ofMinutes(10);

  private FolderContents() {}

  /** Deletes a file or folder; anything that cannot be deleted remains. */
  static void deleteQuietly(Path path) {
    try {
      Files.walkFileTree(
          path,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
              Files.delete(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      LOG.debug("{} could not be deleted", path, e);
    }
  }

  /** Whether nothing in a folder has changed for so long that no process can be writing to it. */
  static boolean untouchedForMinutes(Path folder) {
    FileTime since = FileTime.from(Instant.now().minus(LONG));
    AtomicBoolean untouched = new AtomicBoolean(true);
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
              return visitFile(path, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
              if (attributes.lastModifiedTime().compareTo(since) > 0) {
                untouched.set(false);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // A file that disappears meanwhile is in use.
      return false;
    }
    return untouched.get();
  }
}
