package dev.sdlora.cli.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The peak memory of this process, as reported by Linux. */
public final class PeakMemory {
  private static final String KEY = "VmHWM:";

  private PeakMemory() {}

  /** Returns the peak of resident memory; empty where the system does not report it. */
  public static OptionalLong residentBytes() {
    return parse(status());
  }

  /** Finds the value in lines such as {@code VmHWM: 1234 kB}. */
  static OptionalLong parse(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith(KEY))
        .map(line -> line.substring(KEY.length()).replace("kB", "").strip())
        .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
        .findFirst();
  }

  private static List<String> status() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of(); // not Linux
    }
  }
}
