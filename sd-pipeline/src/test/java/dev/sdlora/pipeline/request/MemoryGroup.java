package dev.sdlora.pipeline.request;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Linux control group with a memory limit, inside the group of this process. */
final class MemoryGroup implements AutoCloseable {
  private final Path folder;

  private MemoryGroup(Path folder) {
    this.folder = folder;
  }

  /**
   * Creates a group.
   *
   * @param limit the number of bytes above which the kernel kills a process of the group
   * @throws IOException if the system has no control groups, or this user may not create them
   */
  static MemoryGroup create(long limit) throws IOException {
    Path groups = Path.of("/sys/fs/cgroup");
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      // Fields: number, controllers, path. Version 1: 4:memory:/group; version 2: 0::/group.
      String[] parts = line.split(":", 3);
      boolean first = Arrays.asList(parts[1].split(",", -1)).contains("memory");
      if (first || (parts[1].isEmpty() && Files.exists(groups.resolve("cgroup.controllers")))) {
        Path parent = (first ? groups.resolve("memory") : groups).resolve(parts[2].substring(1));
        Path folder = parent.resolve("sdlora-test-" + ProcessHandle.current().pid());
        MemoryGroup group = new MemoryGroup(Files.createDirectory(folder));
        try {
          String file = first ? "memory.limit_in_bytes" : "memory.max";
          Files.writeString(folder.resolve(file), Long.toString(limit));
          return group;
        } catch (IOException e) {
          group.close();
          throw e;
        }
      }
    }
    throw new IOException("no control group for memory in /proc/self/cgroup");
  }

  /** Returns the command that runs another one in this group. */
  List<String> inside(List<String> command) {
    String procs = folder.resolve("cgroup.procs").toString();
    List<String> inside = new ArrayList<>(List.of("sh", "-c", "echo $$ > \"$0\" && exec \"$@\""));
    inside.add(procs);
    inside.addAll(command);
    return inside;
  }

  /** Removes the group. Its processes must have ended. */
  @Override
  public void close() throws IOException {
    Files.delete(folder);
  }
}
