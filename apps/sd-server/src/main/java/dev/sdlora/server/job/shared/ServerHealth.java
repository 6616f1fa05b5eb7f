package dev.sdlora.server.job.shared;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether a server may claim jobs. After a fault of its own, it waits before it claims the next
 * job; after {@link #FAULTS} in a row, it claims none until a probe shows that the cause is gone.
 * Safe for use by several threads.
 */
final class ServerHealth {
  /** After this number of faults in a row, a server claims no more jobs. */
  static final int FAULTS = 3;

  /** The time between two probes. */
  static final Duration PROBE = Duration.ofSeconds(30);

  /** The wait after a fault, times the number of faults in a row. */
  private static final Duration WAIT = Duration.ofSeconds(2);

  private final LongSupplier nanos;

  // The fields below are guarded by this.
  private int faults;
  private long next;
  private String reason = "";
  private boolean probing;

  /**
   * Creates the health of a server without faults.
   *
   * @param nanos a clock, such as {@link System#nanoTime}
   */
  ServerHealth(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Ends a row of faults, unless the server has stopped to claim. */
  synchronized void ready() {
    if (faults < FAULTS) {
      faults = 0;
    }
  }

  /**
   * Counts a fault.
   *
   * @param why one sentence for users
   * @return whether the server stops to claim because of it
   */
  synchronized boolean fault(String why) {
    if (faults >= FAULTS) {
      return false;
    }
    faults++;
    reason = why;
    boolean stops = faults == FAULTS;
    next = nanos.getAsLong() + (stops ? PROBE : WAIT.multipliedBy(faults)).toNanos();
    return stops;
  }

  /** Whether the server may claim a job now. */
  synchronized boolean mayClaim() {
    return faults == 0 || (faults < FAULTS && nanos.getAsLong() - next >= 0);
  }

  /** Returns why the server claims no jobs; empty if it does. */
  synchronized Optional<String> reason() {
    return faults >= FAULTS ? Optional.of(reason) : Optional.empty();
  }

  /** Whether a probe is due, which then begins. */
  synchronized boolean beginProbe() {
    boolean due = faults >= FAULTS && !probing && nanos.getAsLong() - next >= 0;
    probing |= due;
    return due;
  }

  /**
   * Ends a probe.
   *
   * @param why the reason for which the server still cannot prepare jobs; empty if it can
   */
  synchronized void endProbe(Optional<String> why) {
    probing = false;
    if (why.isEmpty()) {
      faults = 0;
    } else {
      reason = why.get();
      next = nanos.getAsLong() + PROBE.toNanos();
    }
  }
}
