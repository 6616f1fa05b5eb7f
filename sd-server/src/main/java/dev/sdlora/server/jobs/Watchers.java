package dev.sdlora.server.jobs;

import dev.sdlora.server.http.Refusal;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** Clients that are told of changes; each keeps a thread of the server. */
final class Watchers {
  private final int most;
  private final Semaphore places;

  Watchers(int most) {
    this.most = most;
    this.places = new Semaphore(most);
  }

  /** What is told as long as a client listens. */
  interface Telling {
    void run() throws InterruptedException;
  }

  /**
   * Tells, if there is a place.
   *
   * @throws Refusal if there is none
   */
  void tell(Telling telling) throws InterruptedException {
    if (!places.tryAcquire()) {
      throw new Refusal(
          429, "%s clients watch jobs already".formatted(most), Map.of("Retry-After", "5"));
    }
    try {
      telling.run();
    } finally {
      places.release();
    }
  }
}
