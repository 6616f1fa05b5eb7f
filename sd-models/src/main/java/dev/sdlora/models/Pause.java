package dev.sdlora.models;

import java.time.Duration;

/** Waits between attempts. */
@FunctionalInterface
interface Pause {
  /** Waits for a duration, or until the thread is interrupted. */
  void sleep(Duration time) throws InterruptedException;
}
