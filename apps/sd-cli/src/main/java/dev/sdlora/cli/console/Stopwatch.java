package dev.sdlora.cli.console;

/** Measures consecutive laps. */
public final class Stopwatch {
  private long lastNanos = System.nanoTime();

  /** Returns the seconds since the last lap. */
  public double lap() {
    long now = System.nanoTime();
    double seconds = (now - lastNanos) / 1e9;
    lastNanos = now;
    return seconds;
  }
}
