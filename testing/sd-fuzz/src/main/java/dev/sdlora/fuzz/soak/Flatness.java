package dev.sdlora.fuzz.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Checks that the resources of a process do not grow: the median of the last third of the samples
 * must not exceed that of the middle third. In the first third, caches fill.
 */
final class Flatness {
  /** Minimum number of samples. */
  private static final int FEWEST = 9;

  /** Tolerance for memory, because the allocators of the system and of libtorch fragment. */
  private static final double MEMORY_GROWTH = 1.05;

  /** Handles and threads that the JVM opens for itself. */
  private static final int STRAY = 2;

  private final List<Sample> samples;

  Flatness(List<Sample> samples) {
    this.samples = List.copyOf(samples);
  }

  /** Returns the quantities that grow; empty if there are none or too few samples. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    if (samples.size() >= FEWEST) {
      compare(faults, "native arrays", Sample::arrays, 1, 0);
      compare(faults, "file handles", Sample::handles, 1, STRAY);
      compare(faults, "threads", Sample::threads, 1, STRAY);
      compare(faults, "bytes of heap", Sample::heapBytes, MEMORY_GROWTH, 0);
      compare(faults, "resident bytes", Sample::residentBytes, MEMORY_GROWTH, 0);
    }
    return faults;
  }

  private void compare(
      List<String> faults, String what, ToLongFunction<Sample> value, double factor, int more) {
    int third = samples.size() / 3;
    long before = median(samples.subList(third, 2 * third), value);
    long after = median(samples.subList(samples.size() - third, samples.size()), value);
    if (after > before * factor + more) {
      faults.add("%s grow from %s to %s".formatted(what, before, after));
    }
  }

  private static long median(List<Sample> some, ToLongFunction<Sample> value) {
    long[] sorted = some.stream().mapToLong(value).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
