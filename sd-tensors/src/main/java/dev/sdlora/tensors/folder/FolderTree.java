package dev.sdlora.tensors.folder;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.tensors.io.Cancellation;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The files of a kind in a folder and its subfolders. The modification time of a folder shows
 * whether files in it were added, removed or renamed, so only changed folders are listed again. If
 * links join folders, each is visited once: under its own path if that is in the tree, otherwise
 * under the first link to it. Not thread-safe.
 */
public final class FolderTree {
  /**
   * The coarsest resolution of modification times, two seconds (FAT). A folder changed just before
   * it was listed may change again with the same time, so that listing is not reused.
   */
  private static final Duration COARSEST_STAMP = Duration.ofSeconds(2);

  private static final Comparator<Path> BY_NAME =
      Comparator.comparing(path -> String.valueOf(path.getFileName()), NaturalOrder.NAMES);

  private final Path root;
  private final Kind kind;
  private Map<Path, Listing> listings = Map.of();

  /**
   * The kind of files in a tree.
   *
   * @param noun the noun in messages
   * @param extensions the file extensions, in lower case
   * @param error creates an exception from a message and the folder concerned
   */
  public record Kind(
      String noun,
      List<String> extensions,
      BiFunction<String, Path, StableDiffusionException> error) {}

  /** Returns the name of a file without its folder and extension. */
  public static String stem(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  /** Creates a tree without reading the folder. */
  public FolderTree(Path root, Kind kind) {
    this.root = root;
    this.kind = kind;
  }

  /** Returns the root folder. */
  public Path root() {
    return root;
  }

  /**
   * The current content of a folder.
   *
   * @param files the files with one of the extensions: those in a folder before those in its
   *     subfolders, both in natural order
   * @param problems folders that cannot be read, with the reason
   */
  public record Found(List<Path> files, Map<Path, String> problems) {}

  /**
   * Lists the files of the folder and its subfolders.
   *
   * @throws StableDiffusionException of the kind, if the root is not a folder any more or cannot be
   *     read
   */
  public Found findFiles() {
    return findFiles(new HashSet<>());
  }

  /**
   * Lists the files, except those in folders visited before.
   *
   * @param visited the real paths of folders to skip; newly visited folders are added
   */
  private Found findFiles(Set<Path> visited) {
    if (!Files.isDirectory(root)) {
      throw error(Files.exists(root) ? "is a file, expected a folder" : "does not exist");
    }
    Found found = new Found(new ArrayList<>(), new LinkedHashMap<>());
    listings = visit(visited, found);
    if (found.problems.containsKey(root)) {
      throw error(found.problems.get(root));
    }
    return found;
  }

  /**
   * Lists the files of several trees. A file that is in two of them counts once.
   *
   * @throws StableDiffusionException as {@link #findFiles()}
   */
  public static Found findFiles(List<FolderTree> trees) {
    Set<Path> paths = new LinkedHashSet<>();
    Map<Path, String> problems = new LinkedHashMap<>();
    Set<Path> visited = new HashSet<>();
    for (FolderTree tree : trees) {
      Found found = tree.findFiles(visited);
      paths.addAll(found.files());
      problems.putAll(found.problems());
    }
    return new Found(List.copyOf(paths), problems);
  }

  private StableDiffusionException error(@Nullable String predicate) {
    return kind.error.apply(kind.noun + " directory '" + root + "' " + predicate, root);
  }

  /** A folder to visit, and its real path. */
  private record Place(Path path, Path real) {}

  /** Iterative, because folders can be nested more deeply than the stack allows. */
  private Map<Path, Listing> visit(Set<Path> visited, Found found) {
    Map<Path, Listing> seen = new HashMap<>();
    Deque<Place> ahead = new ArrayDeque<>();
    try {
      Path realRoot = root.toRealPath();
      ahead.push(new Place(root, realRoot));
      while (!ahead.isEmpty()) {
        Cancellation.check();
        Place place = ahead.pop();
        if (visited.add(place.real)) {
          visit(place, realRoot, seen, found).forEach(ahead::push);
        }
      }
    } catch (IOException e) {
      found.problems.put(root, "cannot be read: " + e);
    }
    return seen;
  }

  /** Visits one folder and returns its subfolders, the last one first. */
  private List<Place> visit(Place place, Path realRoot, Map<Path, Listing> seen, Found found) {
    List<Place> inner = new ArrayList<>();
    try {
      Listing listing = list(place.path);
      seen.put(place.path, listing);
      found.files.addAll(listing.files);
      for (Path folder : listing.folders) {
        enter(folder, place, realRoot, inner, found);
      }
    } catch (IOException e) {
      found.problems.put(place.path, "cannot be read: " + e);
    }
    Collections.reverse(inner);
    return inner;
  }

  private static void enter(
      Path folder, Place parent, Path realRoot, List<Place> inner, Found found) {
    try {
      // Only links are resolved as whole paths, which takes longer the deeper the folder is.
      boolean own = isOwn(folder);
      Path real = own ? parent.real.resolve(folder.getFileName()) : folder.toRealPath();
      // A link to a folder in the tree is skipped: that folder is visited anyway.
      if (own || !real.startsWith(realRoot)) {
        inner.add(new Place(folder, real));
      }
    } catch (IOException e) {
      found.problems.put(folder, "cannot be read: " + e);
    }
  }

  /** Whether a folder is not a link (on Windows, not a junction). */
  private static boolean isOwn(Path folder) throws IOException {
    BasicFileAttributes what =
        Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return what.isDirectory() && !what.isOther();
  }

  private Listing list(Path folder) throws IOException {
    FileTime modified = Files.getLastModifiedTime(folder);
    Listing known = listings.get(folder);
    if (known != null && known.lasts && known.modified.equals(modified)) {
      return known;
    }
    boolean lasts = modified.toInstant().plus(COARSEST_STAMP).isBefore(Instant.now());
    List<Path> files = new ArrayList<>();
    List<Path> folders = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        try {
          BasicFileAttributes what = Files.readAttributes(child, BasicFileAttributes.class);
          if (what.isDirectory()) {
            folders.add(child);
          } else if (what.isRegularFile() && isWanted(child)) {
            files.add(child);
          }
        } catch (IOException e) {
          // A dangling link. Its target may appear without changing this folder's time.
          lasts = false;
          if (isWanted(child)) {
            files.add(child);
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    files.sort(BY_NAME);
    folders.sort(BY_NAME);
    return new Listing(modified, lasts, files, folders);
  }

  private boolean isWanted(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    return kind.extensions.stream().anyMatch(name::endsWith);
  }

  /** The direct content of a folder, and whether its modification time will show a change. */
  private record Listing(FileTime modified, boolean lasts, List<Path> files, List<Path> folders) {}
}
