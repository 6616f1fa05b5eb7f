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
 * How many jobs each client may ask for: a token bucket, so that a client may ask for a minute's
 * share at once, and then for one whenever its time has come. Clients are told apart by their
 * credentials, or by their address if they have none.
 */
final class RateLimit {
  /** Of clients that are remembered; one that is forgotten has a full bucket again. */
  private static final int MAX_CLIENTS = 10_000;

  private static final long NANOS_A_MINUTE = 60_000_000_000L;

  private final int perMinute;
  private final LongSupplier nanos;

  /** Guarded by itself; the one that asked last is at the end. */
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  /** Filled by the time that passes, a nanosecond for each; a job takes its share of a minute. */
  private static final class Bucket {
    private long content;
    private long filledAt;
  }

  /**
   * A limit.
   *
   * @param perMinute jobs of one client
   * @param nanos the time
   */
  RateLimit(int perMinute, LongSupplier nanos) {
    this.perMinute = perMinute;
    this.nanos = nanos;
  }

  /**
   * Counts a request for work.
   *
   * @throws Refusal if its client has asked too often
   */
  void check(Context context) {
    if (context.routeRoles().contains(RouteCost.JOB)) {
      String client = Objects.requireNonNull(context.attribute(Access.CLIENT));
      double seconds = take(client);
      if (seconds > 0) {
        throw new Refusal(
            429,
            "this client asked for more than %s jobs a minute".formatted(perMinute),
            RetryAfter.seconds(seconds));
      }
    }
  }

  /** Takes the share of a job; otherwise tells how many seconds it takes until it is there. */
  double take(String client) {
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
