package dev.sdlora.server.reference;

import dev.sdlora.request.PictureSource;
import dev.sdlora.server.http.Refusal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files of pictures that clients have sent, to be named by requests. They are kept in memory;
 * those that were not used for longest make room for new ones. A file has the same name whenever it
 * is sent. Safe for use by several threads.
 */
public final class Uploads implements PictureSource {
  private static final int NAME_BYTES = 16;

  private final int maxFiles;
  private final long maxBytes;
  private final Map<String, byte[]> files = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * None yet.
   *
   * @param maxFiles so many are kept
   * @param maxBytes so long are all together
   */
  public Uploads(int maxFiles, long maxBytes) {
    this.maxFiles = maxFiles;
    this.maxBytes = maxBytes;
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
    String name = name(file);
    synchronized (this) {
      if (files.put(name, file) == null) {
        bytes += file.length;
      }
      Iterator<byte[]> oldest = files.values().iterator();
      while (files.size() > maxFiles || bytes > maxBytes) {
        bytes -= oldest.next().length;
        oldest.remove();
      }
    }
    return name;
  }

  private static String name(byte[] file) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(file);
      return HexFormat.of().formatHex(Arrays.copyOf(hash, NAME_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public synchronized Optional<byte[]> find(String name) {
    return Optional.ofNullable(files.get(name));
  }

  /** Forgets all. */
  public synchronized void clear() {
    files.clear();
    bytes = 0;
  }
}
