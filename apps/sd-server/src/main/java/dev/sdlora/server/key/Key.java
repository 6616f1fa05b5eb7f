package dev.sdlora.server.key;

import dev.sdlora.api.value.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A named API key with its limits. The key itself is not kept, only its hash.
 *
 * @param name the name in reports and metrics: 1 to 100 letters, digits, '.', '_', '-', '@' and
 *     blanks
 * @param sha256 SHA-256 of the key in UTF-8, 64 hexadecimal digits
 * @param priority the priority of its jobs, -100 to 100; those with more begin first
 * @param jobsPerMinute the jobs that it may start per minute; 0 for no limit
 * @param maxJobs its waiting and running jobs at once; 0 for no limit
 * @param imagesPerDay the images that it may draw per day, by UTC; 0 for no limit
 * @param hidesOthers whether it neither sees nor changes the jobs of others
 */
public record Key(
    String name,
    String sha256,
    int priority,
    int jobsPerMinute,
    int maxJobs,
    int imagesPerDay,
    boolean hidesOthers) {
  /** The lowest priority. */
  public static final int LEAST_PRIORITY = -100;

  /** The highest priority. */
  public static final int MOST_PRIORITY = 100;

  private static final int LEAST_TOKEN = 8;
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}\\p{N}._@-][\\p{L}\\p{N}._@ -]{0,99}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern TOKEN = Pattern.compile("[!-~]+");

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one of them is out of range
   */
  public Key {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of an API key must have 1 to 100 letters, digits, '.', '_', '-', '@' or blanks:"
              + " '%s'".formatted(name));
    }
    if (!HASH.matcher(sha256).matches()) {
      throw new IllegalArgumentException(
          "'sha256' of API key '%s' must have 64 hexadecimal digits".formatted(name));
    }
    require(name, "priority", priority, LEAST_PRIORITY, MOST_PRIORITY);
    require(name, "jobsPerMinute", jobsPerMinute, 0, 10_000);
    require(name, "maxJobs", maxJobs, 0, 1_000_000);
    require(name, "imagesPerDay", imagesPerDay, 0, 100_000_000);
  }

  /** Returns the name; the hash does not belong in logs. */
  @Override
  public String toString() {
    return "API key '" + name + "'";
  }

  private static void require(String name, String field, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "'%s' of API key '%s' must be from %s to %s: %s"
              .formatted(field, name, least, most, value));
    }
  }

  /**
   * Returns the hash of a key that clients send.
   *
   * @param name the name of the key, for errors
   * @throws IllegalArgumentException if it is too short, or has blanks or other characters that
   *     headers cannot transport
   */
  public static String hash(String name, String token) {
    if (token.length() < LEAST_TOKEN || !TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException(
          "API key '%s' must have at least %s characters, all of them visible ASCII"
              .formatted(name, LEAST_TOKEN));
    }
    return hash(token);
  }

  static String hash(String token) {
    return Sha256.hex(token.getBytes(StandardCharsets.UTF_8), 32);
  }
}
