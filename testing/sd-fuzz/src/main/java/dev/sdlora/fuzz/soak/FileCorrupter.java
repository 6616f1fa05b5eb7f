package dev.sdlora.fuzz.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Damages the files of a folder while they are in use, hides a checkpoint, and restores everything:
 * the same bytes with the same time stamps. Thread-safe.
 */
final class FileCorrupter {
  private final Path folder;
  private final Path checkpoint;
  private final Path hidden;
  private final List<Original> originals = new ArrayList<>();
  private boolean active;

  private static final class Original {
    private final Path path;
    private final byte[] bytes;
    private final FileTime modified;

    Original(Path path) throws IOException {
      this.path = path;
      this.bytes = Files.readAllBytes(path);
      this.modified = Files.getLastModifiedTime(path);
    }
  }

  /**
   * Remembers the files.
   *
   * @param folder the folder to damage, including subfolders
   * @param checkpoint a file that is only hidden: it must not change while a pipeline is open
   */
  FileCorrupter(Path folder, Path checkpoint) throws IOException {
    this.folder = folder;
    this.checkpoint = checkpoint;
    this.hidden = checkpoint.resolveSibling("hidden");
    for (Path path : files()) {
      originals.add(new Original(path));
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Enables damage. */
  synchronized void begin() {
    active = true;
  }

  /** Damages a random file, unless the files have been restored. */
  synchronized void corrupt(SplittableRandom random) {
    if (!active) {
      return;
    }
    Path victim = any(random).path;
    byte[] other = any(random).bytes;
    try {
      switch (random.nextInt(7)) {
        case 0 -> truncate(victim, random);
        case 1 -> Files.deleteIfExists(victim);
        case 2 -> replace(victim, other);
        case 3 -> Files.write(victim, other);
        case 4 -> scribble(victim, random);
        case 5 -> {
          if (Files.exists(checkpoint)) {
            Files.move(checkpoint, hidden);
          }
        }
        default -> Files.write(victim, new byte[0]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Original any(SplittableRandom random) {
    return originals.get(random.nextInt(originals.size()));
  }

  private static void truncate(Path victim, SplittableRandom random) throws IOException {
    if (Files.exists(victim)) {
      try (FileChannel channel = FileChannel.open(victim, StandardOpenOption.WRITE)) {
        channel.truncate(random.nextLong(channel.size() + 1));
      }
    }
  }

  /** Replaces a file by a move, so that whoever has the old file open keeps it. */
  private static void replace(Path victim, byte[] content) throws IOException {
    Path part = victim.resolveSibling("soak.part");
    Files.write(part, content);
    Files.move(part, victim, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void scribble(Path victim, SplittableRandom random) throws IOException {
    if (Files.exists(victim)) {
      byte[] bytes = Files.readAllBytes(victim);
      for (int i = 0; i < 20 && bytes.length > 0; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Files.write(victim, bytes);
    }
  }

  /** Restores everything; later damage by requests that are still running is ignored. */
  synchronized void repair() throws IOException {
    active = false;
    if (Files.exists(hidden)) {
      Files.move(hidden, checkpoint);
    }
    for (Original original : originals) {
      Files.write(original.path, original.bytes);
      Files.setLastModifiedTime(original.path, original.modified);
    }
  }
}
