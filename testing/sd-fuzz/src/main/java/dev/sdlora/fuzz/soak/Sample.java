package dev.sdlora.fuzz.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The resources of a process between two batches.
 *
 * @param seconds since the start
 * @param done requests that returned images, since the start
 * @param cancelled requests that were cancelled, since the start
 * @param refused requests that ended with an exception, since the start
 * @param arrays native tensors of all pipelines
 * @param handles open files; 0 if the system does not report them
 * @param threads Java's threads
 * @param heapBytes bytes used by objects after a garbage collection
 * @param residentBytes resident memory of the process; 0 if the system does not report it
 */
record Sample(
    double seconds,
    long done,
    long cancelled,
    long refused,
    long arrays,
    long handles,
    long threads,
    long heapBytes,
    long residentBytes) {

  /** The column names of {@link #row()}. */
  static final String HEADER =
      "seconds,done,cancelled,refused,native arrays,file handles,threads,heap bytes,resident bytes";

  /** Collects garbage and takes a sample. */
  static Sample take(double seconds, long done, long cancelled, long refused, long arrays)
      throws IOException {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return new Sample(
        seconds,
        done,
        cancelled,
        refused,
        arrays,
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getOpenFileDescriptorCount()
            : 0,
        ManagementFactory.getThreadMXBean().getThreadCount(),
        runtime.totalMemory() - runtime.freeMemory(),
        residentOnLinux());
  }

  /** Returns the resident memory that Linux reports. */
  private static long residentOnLinux() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    }
  }

  /** Returns a line of a CSV file. */
  String row() {
    return String.format(
        Locale.ROOT,
        "%.1f,%d,%d,%d,%d,%d,%d,%d,%d",
        seconds,
        done,
        cancelled,
        refused,
        arrays,
        handles,
        threads,
        heapBytes,
        residentBytes);
  }
}
