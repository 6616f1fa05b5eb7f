package dev.sdlora.fuzz.soak;

import java.util.EnumMap;
import java.util.Map;

/** Counts requests by outcome. Thread-safe. */
final class Tally {
  private final Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);

  synchronized void add(Outcome outcome) {
    counts.merge(outcome, 1L, Long::sum);
  }

  synchronized long count(Outcome outcome) {
    return counts.getOrDefault(outcome, 0L);
  }

  @Override
  public synchronized String toString() {
    return "requests " + counts;
  }
}
