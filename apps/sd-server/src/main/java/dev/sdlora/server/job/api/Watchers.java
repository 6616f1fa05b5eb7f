package dev.sdlora.server.job.api;

import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.RetryAfter;
import dev.sdlora.server.job.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Limits the clients that watch jobs; each takes a thread of the server. */
final class Watchers {
  private final int most;
  private final ToDoubleFunction<Job> secondsLeft;

  /** The job that each client watches; empty for all jobs. Guarded by itself. */
  private final List<Optional<Job>> watched = new ArrayList<>();

  /**
   * Creates it without clients.
   *
   * @param most the limit of clients that watch at once
   * @param secondsLeft estimates the time until a job ends
   */
  Watchers(int most, ToDoubleFunction<Job> secondsLeft) {
    this.most = most;
    this.secondsLeft = secondsLeft;
  }

  /** Sends events until the client disconnects or the job ends. */
  interface Events {
    void run() throws InterruptedException;
  }

  /**
   * Sends events if there is a place for another client.
   *
   * @param job the job that ends the events; empty if only the client ends them
   * @throws Refusal if there is no place
   */
  void send(Optional<Job> job, Events events) throws InterruptedException {
    synchronized (watched) {
      if (watched.size() >= most) {
        throw new Refusal(
            429, "%s clients are already watching jobs".formatted(most), retryAfter());
      }
      watched.add(job);
    }
    try {
      events.run();
    } finally {
      synchronized (watched) {
        watched.remove(job);
      }
    }
  }

  /** Predicts the end of the first watched job. */
  private Map<String, String> retryAfter() {
    OptionalDouble soonest =
        watched.stream().flatMap(Optional::stream).mapToDouble(secondsLeft).min();
    return soonest.isPresent() ? RetryAfter.seconds(soonest.getAsDouble()) : RetryAfter.unknown();
  }
}
