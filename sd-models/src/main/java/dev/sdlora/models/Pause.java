package dev.sdlora.models;

import java.time.Duration;

/** Waits before something is tried again. */
@FunctionalInterface
interface Pause {
  /** Waits for so long, or until the thread is interrupted. */
  void sleep(Duration time) throws InterruptedException;
}
