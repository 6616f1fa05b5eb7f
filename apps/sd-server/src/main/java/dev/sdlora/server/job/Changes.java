package dev.sdlora.server.job;

/** A number that grows whenever something about any job is new, for those that tell of all. */
final class Changes {
  private long number;

  synchronized void next() {
    number++;
    notifyAll();
  }

  /** Waits until the number is another than was seen, or some time is over; returns it. */
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
