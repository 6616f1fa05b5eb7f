package dev.sdlora.tensors.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * By what a file is taken to be the same as before.
 *
 * @param size in bytes
 * @param modified when it was last written
 * @param settings when the file was written that says more about it, if there is one
 */
public record Stamp(long size, FileTime modified, Optional<FileTime> settings) {
  /** The stamp of a file as it is now. */
  public static Stamp of(Path path) throws IOException {
    return of(path, Optional.empty());
  }

  /** The stamp of a file whose meaning depends on another, which need not be there. */
  public static Stamp of(Path path, Path settings) throws IOException {
    Optional<FileTime> written =
        Files.exists(settings)
            ? Optional.of(Files.getLastModifiedTime(settings))
            : Optional.empty();
    return of(path, written);
  }

  private static Stamp of(Path path, Optional<FileTime> settings) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return new Stamp(attributes.size(), attributes.lastModifiedTime(), settings);
  }
}
