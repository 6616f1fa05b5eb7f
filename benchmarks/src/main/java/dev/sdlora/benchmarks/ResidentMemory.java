package dev.sdlora.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much of this process is in memory, as Linux counts it: what it allocated and the files that
 * it has mapped, such as libraries, but not the page cache of files that it reads. 0 elsewhere.
 */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  /** What is resident now, in bytes. */
  long now() {
    return value("VmRSS:");
  }

  /** The most that was resident since {@link #forgetPeak()}, in bytes. */
  long peak() {
    return value("VmHWM:");
  }

  /** From now on the peak counts anew. */
  void forgetPeak() {
    if (Files.isWritable(CLEAR)) {
      try {
        Files.writeString(CLEAR, "5");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static long value(String key) {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    try {
      return Files.readAllLines(STATUS).stream()
              .filter(line -> line.startsWith(key))
              .map(line -> line.substring(key.length()).replace("kB", "").strip())
              .mapToLong(Long::parseLong)
              .sum()
          * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
