package dev.sdlora.tensors.folder;

import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.io.CacheFolder;
import dev.sdlora.tensors.io.ReplacedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hashes of large files, kept across processes: one line for each file with both hashes, size,
 * modification time and path. Nothing depends on it: a missing, damaged or unwritable list counts
 * as empty. If several processes write at the same time, the last one wins. Not thread-safe except
 * for {@link #save}.
 */
final class HashList {
  private static final Logger LOG = LoggerFactory.getLogger(HashList.class);

  /** Smaller files are hashed faster than a line of the list is found. */
  private static final long WORTH_IT = 1 << 20;

  /** Far more than anyone needs; the oldest lines are dropped. */
  private static final int MAX_LINES = 50_000;

  private static final long MAX_BYTES = 64L << 20;
  private static final String NOT_KNOWN = "-";

  private static final Pattern LINE =
      Pattern.compile("([0-9a-f]{64}) ([0-9a-f]{64}|-) (\\d{1,18}) (-?\\d{1,18}) (.+)");

  private final Optional<Path> file;
  private final Map<Path, HashIndex.Entry> entries = new LinkedHashMap<>();
  private final Map<Path, HashIndex.Entry> added = new LinkedHashMap<>();
  private boolean read;

  /**
   * Creates a list stored in a file, which need not exist; without a file, the list ends with the
   * process.
   */
  HashList(Optional<Path> file) {
    this.file = file;
  }

  /** Returns the user's list, in the {@link CacheFolder}. */
  static HashList ofUser() {
    return new HashList(CacheFolder.ofUser().map(folder -> folder.resolve("hashes")));
  }

  synchronized Optional<HashIndex.Entry> get(Path path) {
    if (!read) {
      read = true;
      read(entries);
    }
    return Optional.ofNullable(entries.get(path));
  }

  synchronized void put(Path path, HashIndex.Entry entry) {
    if (entry.stamp().size() >= WORTH_IT && path.toString().indexOf('\n') < 0) {
      added.put(path, entry);
    }
  }

  /** Merges new entries into the list on disk, which other processes may have changed. */
  synchronized void save() {
    if (file.isEmpty() || added.isEmpty()) {
      return;
    }
    try {
      Map<Path, HashIndex.Entry> all = new LinkedHashMap<>();
      read(all);
      added.forEach(
          (path, entry) -> {
            all.remove(path);
            all.put(path, entry);
          });
      StringBuilder lines = new StringBuilder();
      all.entrySet().stream()
          .skip(Math.max(0, all.size() - MAX_LINES))
          .forEach(entry -> lines.append(line(entry.getKey(), entry.getValue())).append('\n'));
      Files.createDirectories(file.get().toAbsolutePath().getParent());
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
      ReplacedFile.write(
          file.get(),
          channel -> {
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          });
      entries.putAll(added);
      added.clear();
    } catch (IOException | SecurityException e) {
      LOG.debug("hashes cannot be saved to '{}'", file.get(), e);
    }
  }

  private static String line(Path path, HashIndex.Entry entry) {
    return entry.hashes().sha256()
        + " "
        + entry.hashes().data().orElse(NOT_KNOWN)
        + " "
        + entry.stamp().size()
        + " "
        + entry.stamp().modified().toMillis()
        + " "
        + path;
  }

  private void read(Map<Path, HashIndex.Entry> into) {
    try {
      if (file.isPresent()
          && Files.isRegularFile(file.get())
          && Files.size(file.get()) <= MAX_BYTES) {
        String text = new String(Files.readAllBytes(file.get()), StandardCharsets.UTF_8);
        text.lines().forEach(line -> read(line, into));
      }
    } catch (IOException e) {
      LOG.debug("'{}' cannot be read", file, e);
    }
  }

  private static void read(String line, Map<Path, HashIndex.Entry> into) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      return;
    }
    try {
      into.put(
          Path.of(parts.group(5)),
          new HashIndex.Entry(
              new Stamp(
                  Long.parseLong(parts.group(3)),
                  FileTime.fromMillis(Long.parseLong(parts.group(4))),
                  Optional.empty()),
              new FileHashes.Whole(
                  parts.group(1),
                  Optional.of(parts.group(2)).filter(data -> !data.equals(NOT_KNOWN)))));
    } catch (InvalidPathException e) {
      LOG.debug("no path: {}", line, e);
    }
  }
}
