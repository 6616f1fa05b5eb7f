package dev.sdlora.server.cluster;

import dev.sdlora.models.DownloadException;
import dev.sdlora.models.FrontFiles;
import dev.sdlora.server.cluster.NeededFiles.NeededFile;
import dev.sdlora.server.job.shared.ModelProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that a worker can get: from folders of its own, from its cache, or from a front. Safe
 * for use by several threads.
 */
final class FileSupply {
  private static final Logger LOG = LoggerFactory.getLogger(FileSupply.class);

  private final List<Path> own;
  private final Path cache;
  private final Optional<FrontFiles> front;

  /** The last file that could not be had because of this worker's own fault. */
  private volatile @Nullable NeededFile missed;

  /**
   * Creates a supply.
   *
   * @param own folders with files of this machine, searched with their subfolders
   * @param cache the folder for downloaded files
   * @param front where missing files are gotten
   */
  FileSupply(List<Path> own, Path cache, Optional<FrontFiles> front) {
    this.own = List.copyOf(own);
    this.cache = cache;
    this.front = front;
  }

  /**
   * Returns a file with the wanted content, whatever its name is.
   *
   * @throws ModelProvider.UnavailableException if it cannot be had now
   */
  Path get(NeededFile wanted) {
    try {
      return found(wanted);
    } catch (ModelProvider.UnavailableException e) {
      missed = wanted;
      throw e;
    }
  }

  /**
   * Tries again to get the last file that could not be had.
   *
   * @throws ModelProvider.UnavailableException if the cause is still this worker; not if the front
   *     answers that it no longer has the file
   */
  void retry() {
    NeededFile wanted = missed;
    if (wanted == null) {
      return;
    }
    try {
      found(wanted);
    } catch (ModelProvider.UnavailableException e) {
      if (e.isFault()) {
        throw e;
      }
    }
  }

  private Path found(NeededFile wanted) {
    Optional<Path> here = own.stream().flatMap(folder -> find(folder, wanted).stream()).findFirst();
    if (here.isPresent()) {
      return here.get();
    }
    Path cached = cache.resolve(wanted.sha256());
    if (isWhole(cached, wanted)) {
      return cached;
    }
    if (front.isEmpty()) {
      throw new ModelProvider.UnavailableException(
          "this worker has no file '%s' of the SHA-256 %s, and no front to get it from (--front)"
              .formatted(wanted.name(), wanted.sha256()),
          null,
          true);
    }
    try {
      Files.createDirectories(cache);
      Files.deleteIfExists(cached); // It has another length, as after a crash of the machine.
      CacheSpace.of(cache).make(wanted.size());
      LOG.info("getting {} ({} MB) from the front", wanted.name(), wanted.size() >> 20);
      front.get().get(wanted.name(), wanted.sha256(), wanted.size(), cached);
      return cached;
    } catch (DownloadException e) {
      throw new ModelProvider.UnavailableException(
          String.valueOf(e.getMessage()), e, e.reason() != DownloadException.Reason.NOT_FOUND);
    } catch (IOException e) {
      throw new ModelProvider.UnavailableException(
          "the cache of this worker cannot be written: " + e.getMessage(), e, true);
    }
  }

  private static boolean isWhole(Path file, NeededFile wanted) {
    try {
      return Files.isRegularFile(file) && Files.size(file) == wanted.size();
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<Path> find(Path folder, NeededFile wanted) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> isWhole(file, wanted))
          .filter(file -> Hashes.has(file, wanted.sha256()))
          .findFirst();
    } catch (IOException | java.io.UncheckedIOException e) {
      LOG.warn("the folder '{}' cannot be searched: {}", folder, e.getMessage());
      return Optional.empty();
    }
  }
}
