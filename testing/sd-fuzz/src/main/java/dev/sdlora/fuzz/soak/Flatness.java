package dev.sdlora.fuzz.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Whether what a process holds stays the same: in the last third of the samples, nothing may
 * typically be more than in the middle third. The first third is for caches to fill.
 */
final class Flatness {
  /** Too few samples tell nothing. */
  private static final int FEWEST = 9;

  /** Of memory, which the allocators of the system and of libtorch keep in pieces. */
  private static final double MEMORY_GROWTH = 1.05;

  /** Handles and threads that the virtual machine opens for itself. */
  private static final int STRAY = 2;

  private final List<Sample> samples;

  Flatness(List<Sample> samples) {
    this.samples = List.copyOf(samples);
  }

  /** What grows; empty if nothing does, or too few samples are there to tell. */
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
