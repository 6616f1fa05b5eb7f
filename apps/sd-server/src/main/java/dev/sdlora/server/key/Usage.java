package dev.sdlora.server.key;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Counts the jobs and images of each API key and day, by UTC. Safe for use by several threads. */
public interface Usage {
  /**
   * The counts of a day.
   *
   * @param jobs jobs that were accepted
   * @param images images that were drawn, and those of jobs that wait or run
   */
  record Day(long jobs, long images) {}

  /** Returns the day of a time in milliseconds since 1970. */
  static long day(long millis) {
    return Math.floorDiv(millis, TimeUnit.DAYS.toMillis(1));
  }

  /**
   * Counts a job and its images before they are drawn.
   *
   * @param limit the limit of images; 0 for none
   * @return false if there would be more images than the limit; then nothing is counted
   */
  boolean add(String owner, long day, int images, int limit);

  /** Takes images back that were not drawn. */
  void takeBack(String owner, long day, int jobs, int images);

  /** Returns the counts of a day. */
  Day of(String owner, long day);

  /** Returns counts that end with this process. */
  static Usage inMemory() {
    return new Usage() {
      private final Map<String, Day> days = new HashMap<>();
      private long latest;

      @Override
      public synchronized boolean add(String owner, long day, int images, int limit) {
        if (day > latest) {
          days.clear();
          latest = day;
        }
        Day before = of(owner, day);
        if (limit > 0 && before.images() + images > limit) {
          return false;
        }
        days.put(owner, new Day(before.jobs() + 1, before.images() + images));
        return true;
      }

      @Override
      public synchronized void takeBack(String owner, long day, int jobs, int images) {
        if (day == latest) {
          days.computeIfPresent(
              owner, (name, now) -> new Day(now.jobs() - jobs, now.images() - images));
        }
      }

      @Override
      public synchronized Day of(String owner, long day) {
        return day == latest ? days.getOrDefault(owner, new Day(0, 0)) : new Day(0, 0);
      }
    };
  }
}
