package dev.sdlora.benchmarks.figure;

import dev.sdlora.tensors.natives.Processor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The conditions of a measurement: the computer, its software, and the state of this project. */
public final class Machine {
  private Machine() {}

  /** Returns one sentence with the available information. */
  public static String describe() {
    return String.format(
        Locale.ROOT,
        "%s processors of %s (%s), %.0f GB of memory, %s, Java %s; commit %s; %s; load of the"
            + " machine before: %.1f",
        Runtime.getRuntime().availableProcessors(),
        field(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch")),
        Processor.hasAmx() ? "AMX" : Processor.hasBfloat16() ? "bfloat16" : "no bfloat16",
        memory(),
        field(Path.of("/etc/os-release"), "PRETTY_NAME", System.getProperty("os.name")),
        System.getProperty("java.version"),
        commit(),
        LocalDate.now(ZoneOffset.UTC),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static double memory() {
    String kilobytes = field(Path.of("/proc/meminfo"), "MemTotal", "0").replaceAll("\\D", "");
    return Double.parseDouble(kilobytes) * 1024 / 1e9;
  }

  /** Returns the first value of a key in a settings file. */
  private static String field(Path file, String key, String otherwise) {
    if (!Files.isReadable(file)) {
      return otherwise;
    }
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.startsWith(key))
          .map(line -> line.replaceFirst("^[^:=]*[:=]", "").replace("\"", "").strip())
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }

  private static String commit() {
    String commit = git("rev-parse", "--short", "HEAD");
    if (commit.isEmpty()) {
      return "unknown";
    }
    return git("status", "--porcelain", "--untracked-files=no").isEmpty()
        ? commit
        : commit + " and changes";
  }

  private static String git(String... words) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    try {
      Process git =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String printed = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return git.waitFor() == 0 ? printed.strip() : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
