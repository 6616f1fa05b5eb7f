package dev.sdlora.server.job.store;

import dev.sdlora.server.job.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that a database cannot be used: one line per minute and cause. Safe for use by several
 * threads.
 */
final class Outage {
  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
  private static final long PAUSE = Duration.ofMinutes(1).toNanos();
  private static final int MOST_CAUSES = 20;

  private final LongSupplier clock;
  private final Map<String, Long> logged = new HashMap<>();
  private volatile boolean lasts;

  /**
   * Creates the log.
   *
   * @param clock tells nanoseconds
   */
  Outage(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * Tells that a transaction failed.
   *
   * @return whether a line was logged
   */
  synchronized boolean began(StoreException error) {
    LOG.debug("the database cannot be used", error);
    lasts = true;
    if (error.getCause() == null) { // Another thread tells the cause.
      return false;
    }
    long now = clock.getAsLong();
    logged.values().removeIf(last -> now - last >= PAUSE);
    String cause = String.valueOf(error.getMessage());
    if (logged.size() >= MOST_CAUSES || logged.putIfAbsent(cause, now) != null) {
      return false;
    }
    LOG.warn("{}; trying again until it can be", cause);
    return true;
  }

  /** Tells that a transaction succeeded. */
  void over() {
    if (lasts) {
      end();
    }
  }

  private synchronized void end() {
    if (lasts) {
      lasts = false;
      LOG.info("the jobs can be used again");
    }
  }
}
