package dev.sdlora.server.http;

import java.util.Map;

/** The header {@code Retry-After} of requests that may succeed later. */
public final class RetryAfter {
  /**
   * The wait where nothing predicts it, in seconds: as long as a short job, and short enough for a
   * person who waits.
   */
  private static final int UNKNOWN = 5;

  /** The longest wait that is reported, in seconds. */
  private static final int LONGEST = 600;

  private RetryAfter() {}

  /** Returns the header for a wait that nothing predicts. */
  public static Map<String, String> unknown() {
    return seconds(UNKNOWN);
  }

  /**
   * Returns the header for a wait.
   *
   * @param seconds rounded up, and brought into the range from 1 to 600
   */
  public static Map<String, String> seconds(double seconds) {
    long whole = Math.min(LONGEST, Math.max(1, (long) Math.ceil(seconds)));
    return Map.of("Retry-After", Long.toString(whole));
  }
}
