package dev.sdlora.server;

import dev.sdlora.server.key.Key;
import java.util.Objects;

/**
 * A named API key with limits for {@link SdServerBuilder#apiKey}. Without further calls it has
 * priority 0 and no limits. Immutable.
 */
public final class ApiKey {
  private final Key key;

  private ApiKey(Key key) {
    this.key = key;
  }

  /**
   * {@return a key}
   *
   * @param name the name in reports and metrics: 1 to 100 letters, digits, '.', '_', '-', '@' and
   *     blanks
   * @param token what clients send, at least 8 visible ASCII characters
   * @throws IllegalArgumentException if one of them is invalid
   */
  public static ApiKey of(String name, String token) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(token, "token");
    return new ApiKey(new Key(name, Key.hash(name, token), 0, 0, 0, 0, false));
  }

  /**
   * {@return this key with a priority} Jobs with more priority begin first. A waiting job gains one
   * step of priority a minute, so that none waits forever; requests to {@code /api/jobs} can lower
   * theirs.
   *
   * @param priority from -100 to 100
   * @throws IllegalArgumentException if it is out of range
   */
  public ApiKey priority(int priority) {
    return with(priority, key.jobsPerMinute(), key.maxJobs(), key.imagesPerDay(), hidesOthers());
  }

  /**
   * {@return this key with a limit of the jobs that it may start per minute at this server}
   *
   * @param jobs from 1 to 10,000, or 0 for no limit
   * @throws IllegalArgumentException if it is out of range
   */
  public ApiKey jobsPerMinute(int jobs) {
    return with(key.priority(), jobs, key.maxJobs(), key.imagesPerDay(), hidesOthers());
  }

  /**
   * {@return this key with a limit of its waiting and running jobs} Servers that share a database
   * count their stored jobs together.
   *
   * @param jobs from 1 to 1,000,000, or 0 for no limit
   * @throws IllegalArgumentException if it is out of range
   */
  public ApiKey maxJobs(int jobs) {
    return with(key.priority(), key.jobsPerMinute(), jobs, key.imagesPerDay(), hidesOthers());
  }

  /**
   * {@return this key with a limit of the images that it may draw per day, by UTC} The count is in
   * the database of the jobs if there is one, and otherwise ends with the process.
   *
   * @param images from 1 to 100,000,000, or 0 for no limit
   * @throws IllegalArgumentException if it is out of range
   */
  public ApiKey imagesPerDay(int images) {
    return with(key.priority(), key.jobsPerMinute(), key.maxJobs(), images, hidesOthers());
  }

  /** {@return this key, which neither sees nor changes the jobs of others} */
  public ApiKey hideOthers() {
    return with(key.priority(), key.jobsPerMinute(), key.maxJobs(), key.imagesPerDay(), true);
  }

  private boolean hidesOthers() {
    return key.hidesOthers();
  }

  private ApiKey with(
      int priority, int jobsPerMinute, int maxJobs, int imagesPerDay, boolean hidesOthers) {
    return new ApiKey(
        new Key(
            key.name(), key.sha256(), priority, jobsPerMinute, maxJobs, imagesPerDay, hidesOthers));
  }

  Key key() {
    return key;
  }
}
