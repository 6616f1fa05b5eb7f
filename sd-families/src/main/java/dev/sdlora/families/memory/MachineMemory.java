package dev.sdlora.families.memory;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The memory that is available to this process. On Linux, this is what the kernel reports as
 * available ({@code /proc/meminfo}), limited by the free memory of its control groups (version 1 or
 * 2), from its own to the outermost. File caches that the kernel can drop count as free. On other
 * systems it is the physical memory.
 */
final class MachineMemory implements LongSupplier {
  private final Path root;

  /** Creates a reader for this machine. */
  MachineMemory() {
    this(Path.of("/"));
  }

  /**
   * Creates a reader for another root folder.
   *
   * @param root the folder that contains {@code proc} and {@code sys}
   */
  MachineMemory(Path root) {
    this.root = root;
  }

  /** The file names of a control group version. */
  private enum Version {
    V1("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    V2("memory.max", "memory.current", "inactive_file");

    private final String limit;
    private final String usage;
    private final String cache;

    Version(String limit, String usage, String cache) {
      this.limit = limit;
      this.usage = usage;
      this.cache = cache;
    }

    /** Returns the free memory of a group; empty without a limit. */
    OptionalLong left(Path group) {
      OptionalLong most = first(group.resolve(limit), "");
      OptionalLong used = first(group.resolve(usage), "");
      if (most.isEmpty() || used.isEmpty()) {
        return OptionalLong.empty();
      }
      long dropped = first(group.resolve("memory.stat"), cache + " ").orElse(0);
      return OptionalLong.of(Math.max(0, most.getAsLong() - used.getAsLong() + dropped));
    }
  }

  /** Returns the available memory in bytes. */
  @Override
  public long getAsLong() {
    OptionalLong kibibytes = first(root.resolve("proc/meminfo"), "MemAvailable:");
    long left = kibibytes.isPresent() ? kibibytes.getAsLong() << 10 : physical();
    Path groups = root.resolve("sys/fs/cgroup");
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      // ID, controllers, path: 0::/group in version 2, 4:memory:/group in version 1.
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && parts[1].isEmpty()) {
        left = Math.min(left, left(Version.V2, groups, parts[2]));
      } else if (parts.length == 3 && Arrays.asList(parts[1].split(",", -1)).contains("memory")) {
        left = Math.min(left, left(Version.V1, groups.resolve("memory"), parts[2]));
      }
    }
    return left;
  }

  /**
   * Returns the smallest free memory of a group and its ancestors, which may be hidden in a
   * container.
   */
  private static long left(Version version, Path groups, String path) {
    Path own = groups.resolve(path.substring(path.startsWith("/") ? 1 : 0)).normalize();
    return Stream.iterate(own, group -> group != null && group.startsWith(groups), Path::getParent)
        .map(version::left)
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Returns the number after a prefix of a line; empty if there is none, such as for "max". */
  private static OptionalLong first(Path file, String words) {
    return lines(file).stream()
        .filter(line -> line.startsWith(words))
        .map(line -> line.substring(words.length()).strip().split(" ", 2)[0])
        .filter(number -> number.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException | UncheckedIOException e) {
      // Not Linux, or a group that is not visible.
      return List.of();
    }
  }

  /** Returns the physical memory in bytes. */
  public static long physical() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }
}
