package dev.sdlora.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Files whose contents change with every input. They stay open for writing, in a folder of the
 * temporary directory that is deleted when the process ends.
 */
final class Scratch {
  private static final Scratch SHARED = new Scratch();

  private final Path folder;
  private final Map<String, FileChannel> open = new HashMap<>();
  private final Set<String> aliases = new HashSet<>();

  private Scratch() {
    try {
      folder = Files.createTempDirectory("sd-fuzz-");
    } catch (IOException e) {
      throw new IllegalStateException("no temporary folder: " + e.getMessage(), e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
  }

  /** Returns a file with this name and these bytes, in a folder of its own. */
  static Path file(String name, byte[] content) throws IOException {
    return sized(name, ByteBuffer.wrap(content), content.length);
  }

  /** Returns a file with this name and these tensors. */
  static Path file(String name, Listing content) throws IOException {
    ByteBuffer head = content.head();
    return sized(name, head, head.limit() + content.dataBytes());
  }

  /** Returns a file with this name whose content never changes, so it is written only once. */
  static Path once(String name, Listing content) throws IOException {
    return SHARED.open.containsKey(name) ? SHARED.folder.resolve(name) : file(name, content);
  }

  /** Creates a hard link, so that a file has a second name. */
  static void alias(String name, String first) throws IOException {
    if (SHARED.aliases.add(name)) {
      Path link = SHARED.folder.resolve(name);
      Files.createDirectories(link.resolveSibling(""));
      Files.createLink(link, SHARED.folder.resolve(first));
    }
  }

  /**
   * Returns a file with this name that starts with some bytes, followed by zeros that take no disk
   * space.
   *
   * @param size the length of the file
   */
  static Path sized(String name, ByteBuffer start, long size) throws IOException {
    Path file = SHARED.folder.resolve(name);
    FileChannel channel = SHARED.open.get(name);
    if (channel == null) {
      Files.createDirectories(SHARED.folder.resolve(name).resolveSibling(""));
      channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      SHARED.open.put(name, channel);
    }
    // Overwritten blocks stay allocated; the rest is truncated, so that zeros are zeros.
    int length = start.remaining();
    channel.write(start, 0);
    channel.truncate(length);
    if (size > length) {
      channel.write(ByteBuffer.allocate(1), size - 1);
    }
    return file;
  }

  private void delete() {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      throw new IllegalStateException("'" + folder + "' stays behind: " + e.getMessage(), e);
    }
  }
}
