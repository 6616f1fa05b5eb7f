package dev.sdlora.server.job;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Round robin over API keys inside of a priority: a new job is placed before the first job whose
 * key has more jobs in front of it than the key of the new one, and behind those of its own key.
 * Jobs without a key count as those of one key.
 */
public final class RoundRobin {
  private RoundRobin() {}

  /**
   * Returns the place of a new job among the waiting jobs of its priority, counted from 0.
   *
   * @param owner the API key of the new job
   * @param running the API keys of the running jobs of its priority
   * @param waiting the API keys of the waiting jobs of its priority, in their order
   */
  public static int place(
      Optional<String> owner, List<Optional<String>> running, List<Optional<String>> waiting) {
    Map<Optional<String>, Integer> jobs = new HashMap<>();
    running.forEach(one -> jobs.merge(one, 1, Integer::sum));
    waiting.forEach(one -> jobs.merge(one, 1, Integer::sum));
    int own = jobs.getOrDefault(owner, 0);
    int place = waiting.size();
    for (int i = waiting.size() - 1; i >= 0 && !waiting.get(i).equals(owner); i--) {
      int before = jobs.merge(waiting.get(i), -1, Integer::sum);
      place = before > own ? i : place;
    }
    return place;
  }
}
