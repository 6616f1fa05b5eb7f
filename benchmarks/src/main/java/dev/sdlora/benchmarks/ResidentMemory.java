package dev.sdlora.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The resident memory of this process as Linux reports it: allocated memory and mapped files such
 * as libraries, but not the page cache of files that it reads. 0 on other systems.
 */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  /** Returns the resident memory in bytes. */
  long now() {
    return value("VmRSS:");
  }

  /** Returns the peak since {@link #forgetPeak()}, in bytes. */
  long peak() {
    return value("VmHWM:");
  }

  /** Resets the peak. */
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
