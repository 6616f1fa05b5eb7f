package dev.sdlora.tensors.folder;

import java.io.IOException;
import java.nio.file.FileSystems;
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
    return of(path, ifThere(settings).map(Stamp::modified));
  }

  /** The stamp of a file that need not be there. */
  public static Optional<Stamp> ifThere(Path path) throws IOException {
    // Thousands of files have none beside them, and an exception for each takes longer than asking.
    boolean plain = path.getFileSystem() == FileSystems.getDefault();
    return (plain && !path.toFile().exists()) || !Files.exists(path)
        ? Optional.empty()
        : Optional.of(of(path));
  }

  private static Stamp of(Path path, Optional<FileTime> settings) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return new Stamp(attributes.size(), attributes.lastModifiedTime(), settings);
  }
}
