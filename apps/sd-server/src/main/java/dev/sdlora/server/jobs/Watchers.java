package dev.sdlora.server.jobs;

import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.RetryAfter;
import dev.sdlora.server.job.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Clients that are told of changes; each keeps a thread of the server. */
final class Watchers {
  private final int most;
  private final ToDoubleFunction<Job> secondsLeft;

  /** The job that each client watches; empty for one that watches all. Guarded by itself. */
  private final List<Optional<Job>> watched = new ArrayList<>();

  /**
   * Creates it without clients.
   *
   * @param most clients that may watch at once
   * @param secondsLeft estimates the time until a job ends
   */
  Watchers(int most, ToDoubleFunction<Job> secondsLeft) {
    this.most = most;
    this.secondsLeft = secondsLeft;
  }

  /** Sends events as long as a client listens. */
  interface Telling {
    void run() throws InterruptedException;
  }

  /**
   * Tells, if there is a place.
   *
   * @param job with which the telling ends; empty if only the client ends it
   * @throws Refusal if there is none
   */
  void tell(Optional<Job> job, Telling telling) throws InterruptedException {
    synchronized (watched) {
      if (watched.size() >= most) {
        throw new Refusal(429, "%s clients watch jobs already".formatted(most), retryAfter());
      }
      watched.add(job);
    }
    try {
      telling.run();
    } finally {
      synchronized (watched) {
        watched.remove(job);
      }
    }
  }

  /** The time until the first of the watched jobs ends. */
  private Map<String, String> retryAfter() {
    OptionalDouble soonest =
        watched.stream().flatMap(Optional::stream).mapToDouble(secondsLeft).min();
    return soonest.isPresent() ? RetryAfter.seconds(soonest.getAsDouble()) : RetryAfter.unknown();
  }
}
