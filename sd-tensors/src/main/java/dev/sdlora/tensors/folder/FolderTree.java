package dev.sdlora.tensors.folder;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.tensors.file.Cancellation;
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
 * The files below a folder that may be of some kind. The time stamp of a folder tells whether files
 * came, went or were renamed in it, so that only such folders are listed again. However links lead
 * from folder to folder, each is visited once: under its own path if that lies in the tree, else
 * under the first that leads to it. Not safe for several threads.
 */
public final class FolderTree {
  /**
   * Time stamps are as coarse as two seconds (FAT). What was written just before a folder was
   * listed may be followed by more with the same stamp, so such a listing counts for once only.
   */
  private static final Duration COARSEST_STAMP = Duration.ofSeconds(2);

  private static final Comparator<Path> BY_NAME =
      Comparator.comparing(path -> String.valueOf(path.getFileName()), NaturalOrder.NAMES);

  private final Path root;
  private final Kind kind;
  private Map<Path, Listing> listings = Map.of();

  /**
   * What is looked for.
   *
   * @param noun what messages call it
   * @param extensions how the names of its files end, in lower case
   * @param error makes an exception of a message and the folder that it is about
   */
  public record Kind(
      String noun,
      List<String> extensions,
      BiFunction<String, Path, StableDiffusionException> error) {}

  /** The name of a file that is found: without its folder and its extension. */
  public static String stem(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  /** A folder, which is not looked at yet. */
  public FolderTree(Path root, Kind kind) {
    this.root = root;
    this.kind = kind;
  }

  /** The folder. */
  public Path root() {
    return root;
  }

  /**
   * What is there now.
   *
   * @param files files with one of the extensions, a folder's own before those in folders inside
   *     it, both in natural order
   * @param problems folders that cannot be read, with the reason
   */
  public record Found(List<Path> files, Map<Path, String> problems) {}

  /**
   * Looks at the folder and those inside it.
   *
   * @throws StableDiffusionException of the kind, if it is no folder any more or cannot be read
   */
  public Found look() {
    return look(new HashSet<>());
  }

  /**
   * Likewise.
   *
   * @param visited the real paths of folders that are not visited again; those that are, are added
   */
  private Found look(Set<Path> visited) {
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
   * What is in several folders now. A file that lies in two of them counts once.
   *
   * @throws StableDiffusionException as {@link #look()}
   */
  public static Found look(List<FolderTree> trees) {
    Set<Path> paths = new LinkedHashSet<>();
    Map<Path, String> problems = new LinkedHashMap<>();
    Set<Path> visited = new HashSet<>();
    for (FolderTree tree : trees) {
      Found found = tree.look(visited);
      paths.addAll(found.files());
      problems.putAll(found.problems());
    }
    return new Found(List.copyOf(paths), problems);
  }

  private StableDiffusionException error(@Nullable String predicate) {
    return kind.error.apply(kind.noun + " directory '" + root + "' " + predicate, root);
  }

  /** A folder that is to be visited, and where it really lies. */
  private record Place(Path path, Path real) {}

  /** Without recursion, since folders can be nested more deeply than a stack has room for. */
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

  /** Visits one folder and gives those in it, the last one first. */
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
      // A whole path is resolved for links only: it takes longer the deeper the folder lies.
      boolean own = isOwn(folder);
      Path real = own ? parent.real.resolve(folder.getFileName()) : folder.toRealPath();
      // What a link in the tree leads to in the tree is visited anyway.
      if (own || !real.startsWith(realRoot)) {
        inner.add(new Place(folder, real));
      }
    } catch (IOException e) {
      found.problems.put(folder, "cannot be read: " + e);
    }
  }

  /** Whether a folder lies where its path says, and is no link (on Windows, no junction). */
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
          // A link to nothing, at the moment. What it leads to may come without a trace here.
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

  /** What lay directly in a folder at some moment, and whether its time stamp shows a change. */
  private record Listing(FileTime modified, boolean lasts, List<Path> files, List<Path> folders) {}
}
