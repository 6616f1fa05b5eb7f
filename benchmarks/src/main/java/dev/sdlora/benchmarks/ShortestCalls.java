package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The shortest of several calls: networks take long, and the least disturbed compare best. */
final class ShortestCalls {
  private ShortestCalls() {}

  /**
   * Makes calls in turns, after a round that warms up and does not count.
   *
   * @param calls by name; what they return is closed
   * @param rounds that count; with 0 it is the first one
   * @return the seconds of the shortest of each, in the same order
   */
  static Map<String, Double> seconds(Map<String, Supplier<NDArray>> calls, int rounds) {
    Map<String, Double> best = new LinkedHashMap<>();
    for (int i = 0; i <= rounds; i++) {
      if (i == 1) {
        best.clear();
      }
      calls.forEach(
          (name, call) -> {
            long start = System.nanoTime();
            call.get().close();
            best.merge(name, (System.nanoTime() - start) / 1e9, Math::min);
          });
    }
    return best;
  }
}
