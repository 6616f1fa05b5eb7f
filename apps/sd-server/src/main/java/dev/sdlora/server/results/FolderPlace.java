package dev.sdlora.server.results;

import dev.sdlora.api.value.FileReason;
import dev.sdlora.api.value.WritableFolder;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Results in a folder, which several servers may share over the network. Keys have one or two
 * parts, {@code FOLDER/FILE}; links are not followed.
 *
 * @param folder the folder
 */
record FolderPlace(Path folder) implements ResultPlace {
  /**
   * Opens a folder and creates it if it does not exist.
   *
   * @throws IllegalArgumentException if it cannot be created or written to
   */
  static FolderPlace open(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot create the results folder '%s': %s".formatted(folder, FileReason.of(e)), e);
    }
    try {
      WritableFolder.check(folder);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot write to the results folder '%s': %s".formatted(folder, FileReason.of(e)), e);
    }
    return new FolderPlace(folder);
  }

  @Override
  public void write(String key, byte[] file) throws IOException {
    Path target = folder.resolve(key);
    Path parent = target.getParent() == null ? folder : target.getParent();
    if (!Files.isDirectory(parent)) { // The folder itself is never created again.
      Files.createDirectory(parent);
    }
    Path part = Files.createTempFile(parent, ".", ".part");
    try {
      Files.write(part, file);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  @Override
  public byte[] read(String key) throws IOException {
    return Files.readAllBytes(folder.resolve(key));
  }

  /** Deletes a file, and its folder if that is empty now. */
  @Override
  public void delete(String key) throws IOException {
    Path file = folder.resolve(key);
    Files.deleteIfExists(file);
    Path parent = file.getParent();
    if (parent != null && !parent.equals(folder)) {
      try {
        Files.deleteIfExists(parent);
      } catch (DirectoryNotEmptyException e) {
        return; // Other results of this day are still there, or files of others.
      }
    }
  }

  @Override
  public List<Found> before(String key) throws IOException {
    List<Found> found = new ArrayList<>();
    for (Path day : inside(folder)) {
      String name = String.valueOf(day.getFileName());
      if (Files.isDirectory(day, LinkOption.NOFOLLOW_LINKS) && name.compareTo(key) < 0) {
        for (Path file : inside(day)) {
          String path = name + "/" + file.getFileName();
          if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && path.compareTo(key) < 0) {
            found.add(new Found(path, Files.getLastModifiedTime(file).toInstant()));
          }
        }
      }
    }
    return found;
  }

  /** Lists a folder that others may delete meanwhile. */
  private static List<Path> inside(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
  }

  @Override
  public void close() {
    // Files are closed when they are written.
  }
}
