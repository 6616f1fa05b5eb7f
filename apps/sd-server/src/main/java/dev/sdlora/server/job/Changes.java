package dev.sdlora.server.job;

/** A counter of changes to any job, for clients that watch all jobs. */
final class Changes {
  private long number;

  synchronized void next() {
    number++;
    notifyAll();
  }

  /** Waits until the counter differs from a value or a timeout expires; returns it. */
  synchronized long await(long seen, long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    long left = millis;
    while (number == seen && left > 0) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
    return number;
  }
}
