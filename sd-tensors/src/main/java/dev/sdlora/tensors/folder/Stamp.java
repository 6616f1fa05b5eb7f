package dev.sdlora.tensors.folder;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * The properties of a file by which changes are detected.
 *
 * @param size the size in bytes
 * @param modified the modification time
 * @param settings the modification time of an accompanying settings file, if there is one
 */
public record Stamp(long size, FileTime modified, Optional<FileTime> settings) {
  /** Returns the current stamp of a file. */
  public static Stamp of(Path path) throws IOException {
    return of(path, Optional.empty());
  }

  /** Returns the stamp of a file whose meaning depends on a settings file, which need not exist. */
  public static Stamp of(Path path, Path settings) throws IOException {
    return of(path, ifThere(settings).map(Stamp::modified));
  }

  /** Returns the stamp of a file that need not exist. */
  public static Optional<Stamp> ifThere(Path path) throws IOException {
    // Thousands of files have no settings file, and an exception for each takes longer than a
    // check.
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
