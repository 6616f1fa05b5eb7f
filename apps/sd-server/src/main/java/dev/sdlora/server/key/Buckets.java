package dev.sdlora.server.key;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Token buckets: a client may burst one minute's quota, then is held to the steady rate. Safe for
 * use by several threads.
 */
public final class Buckets {
  /** Limit of tracked clients; a client that is dropped starts again with a full bucket. */
  private static final int MAX_CLIENTS = 10_000;

  private static final long NANOS_A_MINUTE = 60_000_000_000L;

  private final LongSupplier nanos;

  /** Guarded by this; in order of the last request, oldest first. */
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  /** A bucket that fills by one unit per nanosecond; a job costs its share of a minute. */
  private static final class Bucket {
    private long content;
    private long filledAt;
  }

  /** Creates full buckets for all clients, with a clock. */
  public Buckets(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Returns the seconds until there is the share of a job; 0 if it is there. */
  public synchronized double wait(String client, int perMinute) {
    long share = NANOS_A_MINUTE / perMinute;
    return Math.max(0, share - filled(client).content) / 1e9;
  }

  /** Takes the share of a job; if there is not enough, returns the seconds until there is. */
  public synchronized double take(String client, int perMinute) {
    double seconds = wait(client, perMinute);
    if (seconds == 0) {
      filled(client).content -= NANOS_A_MINUTE / perMinute;
    }
    return seconds;
  }

  private Bucket filled(String client) {
    long now = nanos.getAsLong();
    Bucket bucket = bucket(client, now);
    bucket.content = Math.min(NANOS_A_MINUTE, bucket.content + now - bucket.filledAt);
    bucket.filledAt = now;
    return bucket;
  }

  private Bucket bucket(String client, long now) {
    Bucket known = buckets.get(client);
    if (known != null) {
      return known;
    }
    Bucket bucket = new Bucket();
    bucket.content = NANOS_A_MINUTE;
    bucket.filledAt = now;
    buckets.put(client, bucket);
    if (buckets.size() > MAX_CLIENTS) {
      buckets.remove(buckets.keySet().iterator().next());
    }
    return bucket;
  }
}
