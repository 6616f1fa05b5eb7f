package dev.sdlora.models;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Reports the progress of one file to a listener, about ten times a second. Not safe for use by
 * several threads.
 */
final class Meter {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final String name;
  private final Maker maker;
  private final long startNanos;
  private final long startLength;
  private long shownNanos;

  /**
   * Creates meters.
   *
   * @param listener the listener to report to
   * @param nanoClock a clock such as {@link System#nanoTime}
   */
  record Maker(ModelStore.Listener listener, LongSupplier nanoClock) {
    /**
     * Creates a meter for a file that is already partly downloaded; this part does not count for
     * the speed.
     */
    Meter of(String name, long length) {
      return new Meter(name, this, length);
    }
  }

  private Meter(String name, Maker maker, long length) {
    this.name = name;
    this.maker = maker;
    startNanos = maker.nanoClock().getAsLong();
    startLength = length;
    shownNanos = startNanos - INTERVAL_NANOS;
  }

  /** Reports the number of bytes downloaded. */
  void show(long length, long total) {
    long now = maker.nanoClock().getAsLong();
    if (now - shownNanos >= INTERVAL_NANOS) {
      shownNanos = now;
      maker.listener().onProgress(progress(length, total, now));
    }
  }

  /** Reports that the file is complete. */
  void finish(long length) {
    maker.listener().onProgress(progress(length, length, maker.nanoClock().getAsLong()));
  }

  private ModelStore.Progress progress(long length, long total, long now) {
    double seconds = (now - startNanos) / 1e9;
    double speed = seconds > 0 ? Math.max(0, length - startLength) / seconds : 0;
    boolean known = total >= 0 && (speed > 0 || length == total);
    Optional<Duration> left =
        known
            ? Optional.of(
                Duration.ofMillis(
                    length == total ? 0 : Math.round((total - length) / speed * 1000)))
            : Optional.empty();
    return new ModelStore.Progress(
        name, length, total < 0 ? OptionalLong.empty() : OptionalLong.of(total), speed, left);
  }
}
