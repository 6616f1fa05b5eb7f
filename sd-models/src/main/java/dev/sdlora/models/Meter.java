package dev.sdlora.models;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Tells a listener how far one file is, a few times a second. Not for several threads. */
final class Meter {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final String name;
  private final Maker maker;
  private final long startNanos;
  private final long startLength;
  private long shownNanos;

  /**
   * Makes meters.
   *
   * @param listener who is told
   * @param nanoClock such as {@link System#nanoTime}
   */
  record Maker(ModelStore.Listener listener, LongSupplier nanoClock) {
    /** For a file of which so much is there already, which says nothing about speed. */
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

  /** Tells how much has come. */
  void show(long length, long total) {
    long now = maker.nanoClock().getAsLong();
    if (now - shownNanos >= INTERVAL_NANOS) {
      shownNanos = now;
      maker.listener().onProgress(progress(length, total, now));
    }
  }

  /** Tells that all has come. */
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
