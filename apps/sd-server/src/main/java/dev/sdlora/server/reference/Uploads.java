package dev.sdlora.server.reference;

import dev.sdlora.request.ImageLookup;
import dev.sdlora.server.http.RecentFiles;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Sha256;
import java.util.Optional;

/**
 * The files of images that clients have sent, to be named by requests. They are kept in memory;
 * those that were not used for longest make room for new ones. A file has the same name whenever it
 * is sent. Safe for use by several threads.
 */
public final class Uploads implements ImageLookup {
  private static final int NAME_BYTES = 16;

  private final long maxBytes;
  private final RecentFiles files;

  /**
   * None yet.
   *
   * @param maxFiles so many are kept
   * @param maxBytes so long are all together
   */
  public Uploads(int maxFiles, long maxBytes) {
    this.maxBytes = maxBytes;
    this.files = new RecentFiles(maxFiles, maxBytes);
  }

  /**
   * Keeps a file.
   *
   * @param file is not copied
   * @return its name
   * @throws Refusal if it is longer than all may be together
   */
  public String add(byte[] file) {
    if (file.length > maxBytes) {
      throw new Refusal(
          413, "the picture has %s bytes; at most %s are kept".formatted(file.length, maxBytes));
    }
    String name = Sha256.hex(file, NAME_BYTES);
    files.put(name, file);
    return name;
  }

  @Override
  public Optional<byte[]> find(String name) {
    return files.find(name);
  }

  /** Forgets all. */
  public void clear() {
    files.clear();
  }
}
