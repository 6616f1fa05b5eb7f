package dev.sdlora.server.key;

import java.time.Duration;
import java.util.Optional;

/**
 * The sender of a job.
 *
 * @param owner the name of the API key; empty without one
 * @param priority the priority of the job; those with more begin first
 * @param fingerprint identifies the content of a request that may be repeated
 */
public record Sender(Optional<String> owner, int priority, Optional<String> fingerprint) {
  /** A sender without a key. */
  public static final Sender ANYONE = new Sender(Optional.empty(), 0, Optional.empty());

  /** A waiting job gains a step of priority in this time, so that none waits forever. */
  public static final Duration STEP = Duration.ofSeconds(60);

  /** Returns the sender of the request that this thread handles. */
  public static Sender current() {
    return of(Caller.current());
  }

  /** Returns a client as the sender of a job. */
  public static Sender of(Caller caller) {
    return new Sender(caller.key().map(Key::name), caller.priority(), caller.fingerprint());
  }

  /**
   * Returns the order among waiting jobs, smaller ones first: by priority plus one for each {@link
   * #STEP} of waiting. Time passes for all jobs, so their order never changes.
   *
   * @param created the time of arrival in milliseconds since 1970
   */
  public long rank(long created) {
    return created - priority * STEP.toMillis();
  }
}
