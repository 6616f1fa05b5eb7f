package dev.sdlora.server.cluster;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.sdlora.server.cluster.NeededFiles.Kind;
import dev.sdlora.server.cluster.NeededFiles.NeededFile;
import dev.sdlora.server.job.shared.ModelProvider;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
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
  private static final String LOCK = ".lock";
  private static final String PREFIX = "view-";

  private final Path root;
  private final FileChannel lock;
  private final Map<String, String> hashes = new HashMap<>();

  private FileView(Path root, FileChannel lock) {
    this.root = root;
    this.lock = lock;
  }

  private static FileView open(Path root) throws IOException {
    FileChannel lock = FileChannel.open(root.resolve(LOCK), CREATE, WRITE);
    if (lock.tryLock() == null) {
      lock.close();
      throw new IOException("another worker uses '" + root + "'");
    }
    FileView view = new FileView(root, lock);
    for (Kind kind : Kind.values()) {
      Files.createDirectories(view.folder(kind));
    }
    return view;
  }

  /** Creates an empty view in a folder, from which those of killed workers are deleted. */
  static FileView in(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path path : all.filter(path -> isView(path) && isLeft(path)).toList()) {
        delete(path);
      }
    }
    return open(Files.createTempDirectory(folder, PREFIX));
  }

  private static boolean isView(Path path) {
    return path.getFileName().toString().startsWith(PREFIX) && Files.isDirectory(path);
  }

  /** Whether no process uses a view. */
  private static boolean isLeft(Path view) {
    try (FileChannel channel = FileChannel.open(view.resolve(LOCK), WRITE);
        FileLock held = channel.tryLock()) {
      return held != null;
    } catch (IOException | OverlappingFileLockException e) {
      return false; // Being made, or used by this process.
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

  private static ModelProvider.UnavailableException unwritable(IOException e) {
    return new ModelProvider.UnavailableException(
        "the cache of this worker cannot be written: " + e.getMessage(), e, true);
  }

  /** Deletes the view, not the files that it links to. */
  @Override
  public void close() throws IOException {
    lock.close();
    delete(root);
  }

  private static void delete(Path view) throws IOException {
    try (Stream<Path> all = Files.walk(view)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
