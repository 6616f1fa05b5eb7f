package dev.sdlora.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes space on the disk of a worker's cache, by deleting the files that were not read for the
 * longest time. What a job uses stays readable, because the worker has links to it.
 *
 * @param cache the folder of files that are named by their SHA-256
 * @param usable returns the bytes that can be written
 */
record CacheSpace(Path cache, Usable usable) {
  private static final Logger LOG = LoggerFactory.getLogger(CacheSpace.class);
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");

  /** Space that stays free for others. */
  private static final long SPARE = 1L << 30;

  /** Measures a disk. */
  interface Usable {
    /** Returns the bytes that can be written. */
    long bytes() throws IOException;
  }

  private record Entry(Path file, FileTime read) {}

  /** Creates the space of a folder on its disk. */
  static CacheSpace of(Path cache) {
    return new CacheSpace(cache, () -> Files.getFileStore(cache).getUsableSpace());
  }

  /**
   * Deletes files until there is space for another one, or none are left.
   *
   * @param bytes the length of the other file
   */
  void make(long bytes) throws IOException {
    if (usable.bytes() >= bytes + SPARE) {
      return;
    }
    for (Entry entry : leastRecent()) {
      LOG.info("deleting {} from the cache to make space", entry.file().getFileName());
      Files.deleteIfExists(entry.file());
      if (usable.bytes() >= bytes + SPARE) {
        return;
      }
    }
  }

  private List<Entry> leastRecent() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(cache)) {
      for (Path file : files.filter(CacheSpace::isCached).toList()) {
        entries.add(
            new Entry(
                file, Files.readAttributes(file, BasicFileAttributes.class).lastAccessTime()));
      }
    }
    entries.sort(Comparator.comparing(Entry::read));
    return entries;
  }

  private static boolean isCached(Path file) {
    return NAME.matcher(file.getFileName().toString()).matches() && Files.isRegularFile(file);
  }
}
