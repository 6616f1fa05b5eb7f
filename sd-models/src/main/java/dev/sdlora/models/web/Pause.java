package dev.sdlora.models.web;

import java.time.Duration;

/** Waits between attempts. */
@FunctionalInterface
public interface Pause {
  /** Waits for a duration, or until the thread is interrupted. */
  void sleep(Duration time) throws InterruptedException;
}
