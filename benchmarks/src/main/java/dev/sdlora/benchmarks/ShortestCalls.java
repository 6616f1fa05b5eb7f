package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Measures the shortest of several calls: model calls take long, and the least disturbed ones
 * compare best.
 */
final class ShortestCalls {
  private ShortestCalls() {}

  /**
   * Runs calls alternately, after a warm-up round.
   *
   * @param calls by name; their results are closed
   * @param rounds the number of rounds; with 0 the warm-up counts
   * @return the seconds of the shortest call of each kind, in the same order
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
