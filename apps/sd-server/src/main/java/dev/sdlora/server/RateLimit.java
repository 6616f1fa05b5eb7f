package dev.sdlora.server;

import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.RetryAfter;
import dev.sdlora.server.http.RouteCost;
import dev.sdlora.server.transport.Access;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Limits the jobs of each client with a token bucket: a client may burst one minute's quota, then
 * is held to the steady rate. Clients are identified by their credentials, or by their address if
 * they have none.
 */
final class RateLimit {
  /** Limit of tracked clients; a client that is dropped starts again with a full bucket. */
  private static final int MAX_CLIENTS = 10_000;

  private static final long NANOS_A_MINUTE = 60_000_000_000L;

  private final int perMinute;
  private final LongSupplier nanos;

  /** Guarded by itself; in order of the last request, oldest first. */
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  /** A bucket that fills by one unit per nanosecond; a job costs its share of a minute. */
  private static final class Bucket {
    private long content;
    private long filledAt;
  }

  /**
   * Creates a limit.
   *
   * @param perMinute the jobs per client and minute; 0 for no limit
   * @param nanos the clock
   */
  RateLimit(int perMinute, LongSupplier nanos) {
    this.perMinute = perMinute;
    this.nanos = nanos;
  }

  /**
   * Counts a request if its route starts a job.
   *
   * @throws Refusal if the client has exceeded the limit
   */
  void check(Context context) {
    if (context.routeRoles().contains(RouteCost.JOB)) {
      count(Objects.requireNonNull(context.attribute(Access.CLIENT)));
    }
  }

  /**
   * Counts a job of a client.
   *
   * @throws Refusal if the client has exceeded the limit
   */
  void count(String client) {
    double seconds = take(client);
    if (seconds > 0) {
      throw new Refusal(
          429,
          "this client exceeded the limit of %s jobs per minute".formatted(perMinute),
          RetryAfter.seconds(seconds));
    }
  }

  /** Takes the share of a job; if there is not enough, returns the seconds until there is. */
  double take(String client) {
    if (perMinute == 0) {
      return 0;
    }
    synchronized (buckets) {
      Bucket bucket = bucket(client);
      long now = nanos.getAsLong();
      bucket.content = Math.min(NANOS_A_MINUTE, bucket.content + now - bucket.filledAt);
      bucket.filledAt = now;
      long share = NANOS_A_MINUTE / perMinute;
      if (bucket.content < share) {
        return (share - bucket.content) / 1e9;
      }
      bucket.content -= share;
      return 0;
    }
  }

  private Bucket bucket(String client) {
    Bucket known = buckets.get(client);
    if (known != null) {
      return known;
    }
    Bucket bucket = new Bucket();
    bucket.content = NANOS_A_MINUTE;
    bucket.filledAt = nanos.getAsLong();
    buckets.put(client, bucket);
    if (buckets.size() > MAX_CLIENTS) {
      buckets.remove(buckets.keySet().iterator().next());
    }
    return bucket;
  }
}
