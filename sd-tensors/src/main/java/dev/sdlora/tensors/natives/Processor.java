package dev.sdlora.tensors.natives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The name and instruction sets of the processor, as listed by Linux. libtorch exposes them only to
 * Python: {@code mkldnn::_is_mkldnn_bf16_supported} is also true for processors that must emulate
 * them.
 */
public final class Processor {
  private static final Logger LOG = LoggerFactory.getLogger(Processor.class);
  private static final Path LIST = Path.of("/proc/cpuinfo");
  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", "amx_bf16");

  private static final Set<String> INTEGERS = Set.of("avx512_vnni", "amx_int8");

  /**
   * The instruction sets by which libtorch and oneDNN choose kernels on Intel, AMD and ARM
   * processors.
   */
  private static final Set<String> FOR_SPEED =
      Set.of(
          "avx2",
          "fma",
          "avx_vnni",
          "avx512f",
          "avx512_vnni",
          "avx512_bf16",
          "avx512_fp16",
          "amx_tile",
          "amx_int8",
          "amx_bf16",
          "amx_fp16",
          "asimd",
          "sve",
          "bf16");

  private Processor() {}

  /**
   * Whether it has instructions that multiply bfloat16 numbers; false on systems other than Linux.
   */
  public static boolean hasBfloat16() {
    return !bfloat16().isEmpty();
  }

  /** Whether it has instructions that multiply tiles of bfloat16 numbers (AMX). */
  public static boolean hasAmx() {
    return bfloat16().contains("amx_bf16");
  }

  /**
   * Whether it has instructions that multiply 8-bit integers and add the products in 32 bits, with
   * AVX-512 or in tiles (AMX); false on systems other than Linux.
   */
  public static boolean hasIntegers() {
    return !named(lines(LIST), INTEGERS).isEmpty();
  }

  /** Returns its bfloat16 instruction sets, sorted. */
  public static List<String> bfloat16() {
    return bfloat16(LIST);
  }

  static List<String> bfloat16(Path list) {
    return named(lines(list), BFLOAT16);
  }

  /**
   * Returns its instruction sets that matter for speed, sorted; empty on systems other than Linux.
   */
  public static List<String> instructions() {
    return instructions(LIST);
  }

  static List<String> instructions(Path list) {
    return named(lines(list), FOR_SPEED);
  }

  /** Returns its name as reported by the system, or its architecture. */
  public static String name() {
    return name(LIST);
  }

  static String name(Path list) {
    return lines(list).stream()
        .filter(line -> line.startsWith("model name"))
        .map(Processor::value)
        .filter(name -> !name.isEmpty())
        .findFirst()
        .orElseGet(() -> System.getProperty("os.arch"));
  }

  /** Intersects the lines of all cores, since a task may run on any of them. */
  private static List<String> named(List<String> lines, Set<String> among) {
    Set<String> common = new TreeSet<>(among);
    boolean found = false;
    for (String line : lines) {
      if (line.startsWith("flags") || line.startsWith("Features")) {
        common.retainAll(Arrays.asList(value(line).split("\\s+")));
        found = true;
      }
    }
    return found ? List.copyOf(common) : List.of();
  }

  private static String value(String line) {
    return line.substring(line.indexOf(':') + 1).strip();
  }

  private static List<String> lines(Path list) {
    if (!Files.isReadable(list)) {
      return List.of();
    }
    try {
      return Files.readAllLines(list, StandardCharsets.ISO_8859_1);
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("{} cannot be read", list, e);
      return List.of();
    }
  }
}
