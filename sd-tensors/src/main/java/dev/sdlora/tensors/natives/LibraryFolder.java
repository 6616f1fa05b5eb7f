package dev.sdlora.tensors.natives;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder from which DJL loads libtorch. DJL loads every library in it, so it must contain only
 * the libraries of the class path, byte for byte.
 */
final class LibraryFolder {
  private static final Logger LOG = LoggerFactory.getLogger(LibraryFolder.class);
  private static final String PARTIAL = ".part";

  /** DJL considers the folder complete if it contains this file, so it is written last. */
  private static final String MARK = System.mapLibraryName("torch");

  /** The bridge of another version of DJL that uses the same libtorch; DJL does not load it. */
  private static final String OTHER_BRIDGE = '-' + System.mapLibraryName("djl_torch");

  private final Path folder;
  private final Path parent;
  private final List<Library> libraries;

  LibraryFolder(Path folder, List<Library> libraries) {
    this.folder = folder;
    this.parent = folder.toAbsolutePath().resolveSibling("");
    this.libraries =
        libraries.stream()
            .sorted(Comparator.comparing(library -> library.fileName().equals(MARK)))
            .toList();
  }

  /**
   * Compares the folder with the class path and repairs it. Processes that do so at the same time
   * wait for the first one. Files left by a killed process are deleted by the next one.
   *
   * @throws IllegalStateException if other users could change the folder, or if it needs a repair
   *     and cannot be written
   */
  void bringUpToDate() {
    try {
      Ownership.requireOwn(folder);
      // A complete folder need not be writable.
      if (strangers().isEmpty() && missing().isEmpty()) {
        requireOwnFiles();
        return;
      }
      Ownership.createOwn(folder);
      ProcessLock.holding(parent, this::mend);
      requireOwnFiles();
    } catch (IOException e) {
      throw new IllegalStateException(
          "native libraries cannot be unpacked to " + folder + " (they take 430 MB): " + e, e);
    }
  }

  private void mend() throws IOException {
    deleteLeftovers();
    strangers().forEach(FolderContents::deleteQuietly);
    if (!strangers().isEmpty()) {
      throw new IOException(strangers().get(0) + " does not belong there and cannot be deleted");
    }
    for (Library library : missing()) {
      LOG.info("unpacking {} to {}", library.fileName(), folder);
      // Not a tensors.io.ReplacedFile, which creates files with the default permissions: these
      // must be accessible only to their owner from the start.
      Path partial = folder.resolve(library.fileName() + PARTIAL);
      library.copyTo(partial);
      Files.move(partial, folder.resolve(library.fileName()), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private List<Library> missing() throws IOException {
    List<Library> missing = new ArrayList<>();
    for (Library library : libraries) {
      if (!library.isIn(folder.resolve(library.fileName()))) {
        missing.add(library);
      }
    }
    return missing;
  }

  private List<Path> strangers() throws IOException {
    List<Path> strangers = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, this::isStrange)) {
        files.forEach(strangers::add);
      }
    }
    return strangers;
  }

  private boolean isStrange(Path file) {
    String name = String.valueOf(file.getFileName());
    return libraries.stream().noneMatch(library -> library.fileName().equals(name))
        && !(name.endsWith(OTHER_BRIDGE) && Files.isRegularFile(file));
  }

  private void requireOwnFiles() {
    for (Library library : libraries) {
      Ownership.requireOwn(folder.resolve(library.fileName()));
    }
  }

  /** Deletes the folders of a DJL without this class that was killed while unpacking. */
  private void deleteLeftovers() throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(parent, "tmp*")) {
      for (Path leftover : leftovers) {
        if (FolderContents.untouchedForMinutes(leftover)) {
          FolderContents.deleteQuietly(leftover);
        }
      }
    }
  }
}
