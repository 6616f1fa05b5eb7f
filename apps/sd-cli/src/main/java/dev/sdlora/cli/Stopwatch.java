package dev.sdlora.cli;

/** Measures what comes after what. */
final class Stopwatch {
  private long lastNanos = System.nanoTime();

  /** Seconds since the last lap. */
  double lap() {
    long now = System.nanoTime();
    double seconds = (now - lastNanos) / 1e9;
    lastNanos = now;
    return seconds;
  }
}
