package dev.sdlora.tensors.natives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the processor has instructions for, as Linux lists it. libtorch tells it to Python only:
 * {@code mkldnn::_is_mkldnn_bf16_supported} is true of processors that have to emulate them.
 */
public final class Processor {
  private static final Logger LOG = LoggerFactory.getLogger(Processor.class);
  private static final Path LIST = Path.of("/proc/cpuinfo");
  private static final Set<String> AMX = Set.of("amx_bf16");
  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", "amx_bf16");

  private Processor() {}

  /** Whether it multiplies bfloat16 numbers; false on systems other than Linux. */
  public static boolean hasBfloat16() {
    return hasAny(BFLOAT16, LIST);
  }

  /** Whether it multiplies tiles of bfloat16 numbers; false on systems other than Linux. */
  public static boolean hasAmx() {
    return hasAny(AMX, LIST);
  }

  static boolean hasBfloat16(Path list) {
    return hasAny(BFLOAT16, list);
  }

  private static boolean hasAny(Set<String> instructions, Path list) {
    if (!Files.isReadable(list)) {
      return false;
    }
    // Each processor has a line of its own, and a task may run on any of them.
    try (Stream<String> lines = Files.lines(list, StandardCharsets.ISO_8859_1)) {
      List<String> flags = lines.filter(line -> line.startsWith("flags")).toList();
      return !flags.isEmpty() && flags.stream().allMatch(line -> names(instructions, line));
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("{} cannot be read", list, e);
      return false;
    }
  }

  private static boolean names(Set<String> instructions, String flags) {
    String names = flags.substring(flags.indexOf(':') + 1).strip();
    return Arrays.stream(names.split("\\s+")).anyMatch(instructions::contains);
  }
}
