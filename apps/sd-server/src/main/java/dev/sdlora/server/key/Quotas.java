package dev.sdlora.server.key;

import dev.sdlora.server.key.QuotaException.Limit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Holds jobs to the limits of their API keys. Safe for use by several threads. */
public final class Quotas {
  private final Supplier<Usage> usage;
  private final Buckets minutes;
  private final LongSupplier millis;

  /**
   * Creates it.
   *
   * @param usage the counts of each day
   * @param nanos the clock of a minute
   * @param millis the clock of a day, in milliseconds since 1970
   */
  public Quotas(Supplier<Usage> usage, LongSupplier nanos, LongSupplier millis) {
    this.usage = usage;
    this.minutes = new Buckets(nanos);
    this.millis = millis;
  }

  /** Creates quotas that end with this process. */
  public static Quotas inMemory() {
    Usage counts = Usage.inMemory();
    return new Quotas(() -> counts, System::nanoTime, System::currentTimeMillis);
  }

  /**
   * Counts a job of the current client to the day of its arrival.
   *
   * @param created the time of arrival in milliseconds since 1970
   * @param images the images that it is to draw
   * @throws QuotaException if there would be more images than the limit
   * @throws IllegalArgumentException if the job alone has more images than the limit
   */
  public void count(long created, int images) {
    Optional<Key> key = Caller.current().key();
    if (key.isEmpty()) {
      return;
    }
    String name = key.get().name();
    int limit = key.get().imagesPerDay();
    if (limit > 0 && images > limit) {
      throw new IllegalArgumentException(
          "the request has %s images; API key '%s' may draw %s per day (imagesPerDay)"
              .formatted(images, name, limit));
    }
    if (!usage.get().add(name, Usage.day(created), images, limit)) {
      long used = usage.get().of(name, Usage.day(created)).images();
      throw new QuotaException(
          name,
          Limit.IMAGES_PER_DAY,
          "API key '%s' may draw %s images per day (imagesPerDay) and has %s left; days begin at 0:00 UTC"
              .formatted(name, limit, Math.max(0, limit - used)),
          (TimeUnit.DAYS.toMillis(1 + Usage.day(created)) - millis.getAsLong()) / 1e3);
    }
  }

  /**
   * Takes images back that a job was to draw and did not.
   *
   * @param jobs 1 if the job does not count, either
   */
  public void takeBack(Sender sender, long created, int jobs, int images) {
    sender.owner().ifPresent(name -> usage.get().takeBack(name, Usage.day(created), jobs, images));
  }

  /**
   * Takes the share of a job from the minute of the current client.
   *
   * @param unfinished the number of waiting and running jobs of the key
   * @param secondsToAnEnd estimates the time until one of them ends
   * @throws QuotaException if there is no place or no share; then nothing is taken
   */
  public void admit(int unfinished, DoubleSupplier secondsToAnEnd) {
    Optional<Key> current = Caller.current().key();
    if (current.isEmpty()) {
      return;
    }
    Key key = current.get();
    int perMinute = key.jobsPerMinute();
    double minute = perMinute == 0 ? 0 : minutes.wait(key.name(), perMinute);
    boolean full = key.maxJobs() > 0 && unfinished >= key.maxJobs();
    double place = full ? secondsToAnEnd.getAsDouble() : 0;
    if (full && place >= minute) {
      throw full(key.name(), key.maxJobs(), place);
    }
    if (minute > 0) {
      throw new QuotaException(
          key.name(),
          Limit.JOBS_PER_MINUTE,
          "API key '%s' may start %s jobs per minute (jobsPerMinute)"
              .formatted(key.name(), perMinute),
          minute);
    }
    if (full) {
      throw full(key.name(), key.maxJobs(), place);
    }
    if (perMinute > 0) {
      minutes.take(key.name(), perMinute);
    }
  }

  /** Returns the error for a key that has as many waiting and running jobs as it may. */
  public static QuotaException full(String name, int maxJobs, double seconds) {
    return new QuotaException(
        name,
        Limit.MAX_JOBS,
        "API key '%s' may have %s waiting and running jobs (maxJobs)".formatted(name, maxJobs),
        seconds);
  }

  /** Returns the counts of today. */
  public Usage.Day today(String name) {
    return usage.get().of(name, Usage.day(millis.getAsLong()));
  }

  /** Returns the seconds until a key may start another job. */
  public double secondsToAJob(Key key) {
    return key.jobsPerMinute() == 0 ? 0 : minutes.wait(key.name(), key.jobsPerMinute());
  }

  /** Returns the time at which the next day begins, in milliseconds since 1970. */
  public long tomorrow() {
    return TimeUnit.DAYS.toMillis(1 + Usage.day(millis.getAsLong()));
  }
}
