package dev.sdlora.server.cluster;

import dev.sdlora.server.cluster.NeededFiles.Kind;
import dev.sdlora.server.cluster.NeededFiles.NeededFile;
import dev.sdlora.server.store.Workshop;
import dev.sdlora.tensors.folder.HashIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder in which a worker's files have the names that jobs use: links to files that are kept by
 * their hashes. Used by one thread at a time.
 */
final class FileView implements AutoCloseable {
  private final Path root;
  private final Map<String, String> hashes = new HashMap<>();

  /** Creates an empty view. */
  FileView(Path root) throws IOException {
    this.root = root;
    for (Kind kind : Kind.values()) {
      Files.createDirectories(folder(kind));
    }
  }

  /** Returns the folder of a kind. */
  Path folder(Kind kind) {
    return root.resolve(kind.folder());
  }

  private static String place(NeededFile file) {
    return file.kind().folder() + "/" + file.name();
  }

  /** Whether no file has the name of another one here. */
  boolean fits(NeededFiles needed) {
    return needed.files().stream()
        .allMatch(file -> file.sha256().equals(hashes.getOrDefault(place(file), file.sha256())));
  }

  /** Removes the files that a job does not need. */
  void keepOnly(NeededFiles needed) {
    Map<String, String> wanted = new HashMap<>();
    needed.files().forEach(file -> wanted.put(place(file), file.sha256()));
    Set<String> gone = new TreeSet<>(hashes.keySet());
    gone.removeIf(place -> hashes.getOrDefault(place, "").equals(wanted.get(place)));
    for (String place : gone) {
      try {
        Files.deleteIfExists(root.resolve(place));
      } catch (IOException e) {
        throw unwritable(e);
      }
      hashes.remove(place);
    }
  }

  /** Adds a file. */
  Path add(NeededFile file, Path content) {
    Path place = root.resolve(place(file));
    if (!hashes.containsKey(place(file))) {
      try {
        Files.createDirectories(place.getParent());
        Files.deleteIfExists(place);
        link(place, content);
      } catch (IOException e) {
        throw unwritable(e);
      }
      HashIndex.ofProcess().learn(place, file.sha256());
      hashes.put(place(file), file.sha256());
    }
    return place;
  }

  private static void link(Path place, Path content) throws IOException {
    try {
      Files.createLink(place, content);
    } catch (IOException | UnsupportedOperationException e) { // For example another disk.
      try {
        Files.createSymbolicLink(place, content.toAbsolutePath());
      } catch (IOException | UnsupportedOperationException f) {
        Files.copy(content, place);
      }
    }
  }

  private static Workshop.UnavailableException unwritable(IOException e) {
    return new Workshop.UnavailableException(
        "the cache of this worker cannot be written: " + e.getMessage(), e);
  }

  /** Deletes the view, not the files that it links to. */
  @Override
  public void close() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
