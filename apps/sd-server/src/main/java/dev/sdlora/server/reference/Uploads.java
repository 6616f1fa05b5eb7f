package dev.sdlora.server.reference;

import dev.sdlora.api.value.Sha256;
import dev.sdlora.request.image.ImageLookup;
import dev.sdlora.server.http.RecentFiles;
import dev.sdlora.server.http.Refusal;
import java.util.Optional;

/**
 * Image files that clients have uploaded, for requests to refer to. They are kept in memory, and
 * the least recently used are evicted. Equal files have the same name. Safe for use by several
 * threads.
 */
public final class Uploads implements ImageLookup {
  private static final int NAME_BYTES = 16;

  private final long maxBytes;
  private final RecentFiles files;

  /**
   * Creates an empty store.
   *
   * @param maxFiles the maximum number of files
   * @param maxBytes the maximum total length
   */
  public Uploads(int maxFiles, long maxBytes) {
    this.maxBytes = maxBytes;
    this.files = new RecentFiles(maxFiles, maxBytes);
  }

  /**
   * Keeps a file.
   *
   * @param file the content, not copied
   * @return its name
   * @throws Refusal if it is longer than the limit for all files
   */
  public String add(byte[] file) {
    if (file.length > maxBytes) {
      throw new Refusal(
          413, "the image has %s bytes; the limit is %s".formatted(file.length, maxBytes));
    }
    String name = Sha256.hex(file, NAME_BYTES);
    files.put(name, file);
    return name;
  }

  @Override
  public Optional<byte[]> find(String name) {
    return files.find(name);
  }

  /** Removes all files. */
  public void clear() {
    files.clear();
  }
}
