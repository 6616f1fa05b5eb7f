package dev.sdlora.tensors.folder;

import dev.sdlora.api.StableDiffusionException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files below a folder that may be of some kind. The time stamp of a folder tells whether files
 * came, went or were renamed in it, so that only such folders are listed again. Not safe for
 * several threads.
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
   * @param error makes an exception of a message
   */
  public record Kind(
      String noun, List<String> extensions, Function<String, StableDiffusionException> error) {}

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
    if (!Files.isDirectory(root)) {
      throw error(Files.exists(root) ? "is a file, expected a folder" : "does not exist");
    }
    Found found = new Found(new ArrayList<>(), new LinkedHashMap<>());
    Map<Path, Listing> seen = new HashMap<>();
    visit(root, List.of(), seen, found);
    listings = seen;
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
    for (FolderTree tree : trees) {
      Found found = tree.look();
      paths.addAll(found.files());
      problems.putAll(found.problems());
    }
    return new Found(List.copyOf(paths), problems);
  }

  private StableDiffusionException error(@Nullable String predicate) {
    return kind.error.apply(kind.noun + " directory '" + root + "' " + predicate);
  }

  private void visit(Path folder, List<Path> above, Map<Path, Listing> seen, Found found) {
    Listing listing;
    try {
      listing = list(folder);
    } catch (IOException e) {
      found.problems.put(folder, "cannot be read: " + e);
      return;
    }
    if (above.contains(listing.real)) {
      return; // a link to a folder that it lies in
    }
    seen.put(folder, listing);
    found.files.addAll(listing.files);
    List<Path> below = Stream.concat(above.stream(), Stream.of(listing.real)).toList();
    listing.folders.forEach(inner -> visit(inner, below, seen, found));
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
    return new Listing(modified, lasts, folder.toRealPath(), files, folders);
  }

  private boolean isWanted(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    return kind.extensions.stream().anyMatch(name::endsWith);
  }

  /** What lay directly in a folder at some moment, and whether its time stamp shows a change. */
  private record Listing(
      FileTime modified, boolean lasts, Path real, List<Path> files, List<Path> folders) {}
}
