package dev.sdlora.models;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A repository in the cache of huggingface_hub, with its layout: contents by hash in {@code blobs},
 * links to them by name in {@code snapshots/<commit>}, commits of branches and tags in {@code
 * refs}. The cache is shared with Python tools in both directions. Immutable.
 *
 * @param cache the cache of all repositories
 * @param repo the owner and name of the repository
 * @param links whether snapshots contain links instead of files
 */
record HubCache(Path cache, String repo, boolean links) {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern ETAG = Pattern.compile("[\\w.-]{1,200}");
  private static final int DEPTH = 20;

  /** Whether a revision is a commit, so that its files never change. */
  static boolean isCommit(String revision) {
    return COMMIT.matcher(revision).matches();
  }

  /** Whether an etag can be used as a file name. */
  static boolean isName(String etag) {
    return ETAG.matcher(etag).matches() && !etag.startsWith(".");
  }

  private String folderName() {
    return "models--" + repo.replace("/", "--");
  }

  private Path folder() {
    return cache.resolve(folderName());
  }

  /** The folder of a commit. */
  Path snapshot(String commit) {
    return folder().resolve("snapshots").resolve(commit);
  }

  Path blob(String etag) {
    return folder().resolve("blobs").resolve(etag);
  }

  /**
   * The partial file of a content. It differs from that of huggingface_hub, whose locks have no
   * effect on Java on Unix, so that two writers would corrupt it.
   */
  Path partial(String etag) {
    return blob(etag + ".sd-incomplete");
  }

  Path lock(String etag) {
    return cache.resolve(".locks").resolve(folderName()).resolve(etag + ".lock");
  }

  /** The commit of a revision when it was last requested. */
  Optional<String> commit(String revision) {
    if (isCommit(revision)) {
      return Optional.of(revision);
    }
    try {
      return Optional.of(
              Files.readString(folder().resolve("refs").resolve(revision), StandardCharsets.UTF_8)
                  .strip())
          .filter(HubCache::isCommit);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A file of a commit, if it is in the cache. */
  Optional<Path> find(String commit, String file) {
    return Optional.of(snapshot(commit).resolve(file)).filter(Files::isRegularFile);
  }

  /** The files of a commit in the cache, with slashes. */
  List<String> files(String commit) {
    Path snapshot = snapshot(commit);
    if (!Files.isDirectory(snapshot)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.walk(snapshot, DEPTH)) {
      files
          .filter(Files::isRegularFile) // Follows links.
          .map(file -> snapshot.relativize(file).toString().replace('\\', '/'))
          .forEach(names::add);
    } catch (IOException e) {
      throw Disk.unwritable(snapshot, e);
    }
    return names;
  }

  /** Stores the commit of a revision. */
  void remember(String revision, String commit) {
    if (!isCommit(revision) && !commit(revision).equals(Optional.of(commit))) {
      Disk.write(
          folder().resolve("refs").resolve(revision), commit.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Adds a content to a commit under its name. */
  Path name(String commit, String file, String etag) {
    Path pointer = snapshot(commit).resolve(file);
    Path blob = blob(etag);
    try {
      Disk.makeFolderOf(pointer);
    } catch (IOException e) {
      throw Disk.unwritable(pointer, e);
    }
    if (!links || !Disk.link(pointer, pointer.resolveSibling("").relativize(blob))) {
      Disk.duplicate(blob, pointer);
    }
    return pointer;
  }
}
