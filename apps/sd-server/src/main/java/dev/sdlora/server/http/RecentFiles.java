package dev.sdlora.server.http;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A cache of files in memory that evicts the least recently used. Safe for use by several threads.
 */
public final class RecentFiles {
  private final int maxFiles;
  private final long maxBytes;
  private final Map<String, byte[]> files = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * Creates an empty cache.
   *
   * @param maxFiles the maximum number of files
   * @param maxBytes the maximum total length; longer files are not kept
   */
  public RecentFiles(int maxFiles, long maxBytes) {
    this.maxFiles = maxFiles;
    this.maxBytes = maxBytes;
  }

  /**
   * Keeps a file; replaces one with the same name.
   *
   * @param file the content, not copied
   */
  public synchronized void put(String name, byte[] file) {
    byte[] before = files.put(name, file);
    bytes += file.length - (before == null ? 0 : before.length);
    Iterator<byte[]> oldest = files.values().iterator();
    while (files.size() > maxFiles || bytes > maxBytes) {
      bytes -= oldest.next().length;
      oldest.remove();
    }
  }

  /** Returns a file and marks it as used; empty if it is not in the cache. */
  public synchronized Optional<byte[]> find(String name) {
    return Optional.ofNullable(files.get(name));
  }

  /**
   * Returns a file, or creates and keeps it.
   *
   * @param making creates the file without blocking other callers; concurrent callers may each run
   *     it
   */
  public byte[] made(String name, Supplier<byte[]> making) {
    Optional<byte[]> known = find(name);
    if (known.isPresent()) {
      return known.get();
    }
    byte[] made = making.get();
    put(name, made);
    return made;
  }

  /** Removes all files. */
  public synchronized void clear() {
    files.clear();
    bytes = 0;
  }
}
