package dev.sdlora.server.http;

import java.util.Map;

/** The {@code Retry-After} header of refused requests that may succeed later. */
public final class RetryAfter {
  /**
   * The wait in seconds if it cannot be predicted: about as long as a short job, and short enough
   * for a person.
   */
  private static final int UNKNOWN = 5;

  /** The longest wait that is reported, in seconds, unless a quota states it. */
  private static final int LONGEST = 600;

  static final String HEADER = "Retry-After";

  private RetryAfter() {}

  /** Returns the header for a wait that cannot be predicted. */
  public static Map<String, String> unknown() {
    return seconds(UNKNOWN);
  }

  /**
   * Returns the header for a predicted wait.
   *
   * @param seconds the wait; rounded up and limited to 1 to 600
   */
  public static Map<String, String> seconds(double seconds) {
    return ofQuota(Math.min(LONGEST, seconds));
  }

  /** Returns the header for a wait that a quota states. */
  static Map<String, String> ofQuota(double seconds) {
    return Map.of(HEADER, Long.toString(Math.max(1, (long) Math.ceil(seconds))));
  }
}
