package dev.sdlora.server.http;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Files in memory, of which those that were not used for longest make room for new ones. Safe for
 * use by several threads.
 */
public final class RecentFiles {
  private final int maxFiles;
  private final long maxBytes;
  private final Map<String, byte[]> files = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * None yet.
   *
   * @param maxFiles so many are kept
   * @param maxBytes so long are all together; a longer file is not kept at all
   */
  public RecentFiles(int maxFiles, long maxBytes) {
    this.maxFiles = maxFiles;
    this.maxBytes = maxBytes;
  }

  /**
   * Keeps a file, in the place of one of the same name.
   *
   * @param file is not copied
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

  /** The file of that name, which counts as its use; empty if it has gone. */
  public synchronized Optional<byte[]> find(String name) {
    return Optional.ofNullable(files.get(name));
  }

  /**
   * The file of that name, which is made and kept where there is none.
   *
   * @param making takes its time while others find theirs; two who ask at once both make it
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

  /** Forgets all. */
  public synchronized void clear() {
    files.clear();
    bytes = 0;
  }
}
