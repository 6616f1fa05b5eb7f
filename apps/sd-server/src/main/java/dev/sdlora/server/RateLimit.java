package dev.sdlora.server;

import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.RetryAfter;
import dev.sdlora.server.http.RouteCost;
import dev.sdlora.server.key.Buckets;
import dev.sdlora.server.key.Caller;
import dev.sdlora.server.key.Key;
import dev.sdlora.server.transport.Access;
import io.javalin.http.Context;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Limits the jobs of each client with {@link Buckets}. Clients are identified by their credentials,
 * or by their address if they have none. API keys with a rate of their own are left to it.
 */
final class RateLimit {
  private final int perMinute;
  private final Buckets buckets;

  /**
   * Creates a limit.
   *
   * @param perMinute the jobs per client and minute; 0 for no limit
   * @param nanos the clock
   */
  RateLimit(int perMinute, LongSupplier nanos) {
    this.perMinute = perMinute;
    this.buckets = new Buckets(nanos);
  }

  /**
   * Counts a request if its route starts a job.
   *
   * @throws Refusal if the client has exceeded the limit
   */
  void check(Context context) {
    boolean job = context.routeRoles().contains(RouteCost.JOB);
    if (job || context.routeRoles().contains(RouteCost.CALL)) {
      Caller caller = Objects.requireNonNull(context.attribute(Access.CALLER));
      count(Objects.requireNonNull(context.attribute(Access.CLIENT)), rate(caller, job));
    }
  }

  /** Returns the jobs per minute; 0 for no limit. The queue limits the jobs of keys with a rate. */
  private int rate(Caller caller, boolean job) {
    int own = caller.key().map(Key::jobsPerMinute).orElse(0);
    return own == 0 ? perMinute : job ? 0 : own;
  }

  /**
   * Counts a job of a client.
   *
   * @throws Refusal if the client has exceeded the limit
   */
  void count(String client) {
    count(client, rate(Caller.current(), true));
  }

  private void count(String client, int rate) {
    double seconds = rate == 0 ? 0 : buckets.take(client, rate);
    if (seconds > 0) {
      throw new Refusal(
          429,
          "this client exceeded the limit of %s jobs per minute (%s)"
              .formatted(rate, rate == perMinute ? "--rate-limit" : "jobsPerMinute of its key"),
          RetryAfter.seconds(seconds));
    }
  }

  /** Takes the share of a job; if there is not enough, returns the seconds until there is. */
  double take(String client) {
    return perMinute == 0 ? 0 : buckets.take(client, perMinute);
  }
}
