package dev.sdlora.server.cluster;

import dev.sdlora.api.value.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The SHA-256 of files, remembered as long as their size and time do not change. */
final class Hashes {
  private static final Map<Path, Known> KNOWN = new ConcurrentHashMap<>();

  private Hashes() {}

  private record Known(long size, FileTime time, String sha256) {}

  /** Returns the SHA-256 of a file, 64 hexadecimal digits in lower case. */
  static String sha256(Path file) throws IOException {
    Path path = file.toAbsolutePath();
    long size = Files.size(path);
    FileTime time = Files.getLastModifiedTime(path);
    Known known = KNOWN.get(path);
    if (known != null && known.size() == size && known.time().equals(time)) {
      return known.sha256();
    }
    String sha256 = Sha256.hex(path);
    KNOWN.put(path, new Known(size, time, sha256));
    return sha256;
  }
}
