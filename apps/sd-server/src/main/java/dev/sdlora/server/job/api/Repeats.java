package dev.sdlora.server.job.api;

import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.key.Caller;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Makes one job of requests with the same {@code Idempotency-Key}, even if they arrive at the same
 * time, and refuses a key that is used for another request, as the IETF's draft and Stripe do. Safe
 * for use by several threads.
 */
final class Repeats {
  /** Requests whose keys share a lock wait for each other. */
  private final Object[] locks = Stream.generate(Object::new).limit(64).toArray();

  /**
   * Returns the job with an id, or adds it.
   *
   * @param caller the client, with the fingerprint of its request
   * @throws Refusal with 422 if the job is that of another request
   */
  Job once(String id, Caller caller, Function<String, Optional<Job>> find, Supplier<Job> add) {
    synchronized (locks[Math.floorMod(id.hashCode(), locks.length)]) {
      Job job = find.apply(id).orElseGet(() -> added(id, find, add));
      if (job.sender().fingerprint().isPresent()
          && !job.sender().fingerprint().equals(caller.fingerprint())) {
        throw new Refusal(
            422,
            "this Idempotency-Key belongs to a request with another body, which became job "
                + "%s: use a new key for each request".formatted(job.id()));
      }
      return job;
    }
  }

  private static Job added(String id, Function<String, Optional<Job>> find, Supplier<Job> add) {
    try {
      return add.get();
    } catch (JobQueue.TakenException e) { // Another server added it at the same time.
      return find.apply(id).orElseThrow(() -> e);
    }
  }
}
