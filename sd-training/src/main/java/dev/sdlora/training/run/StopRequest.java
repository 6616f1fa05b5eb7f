package dev.sdlora.training.run;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request to stop a training run, by a call or by an interrupt of its thread. {@link #cancel} can
 * be called from any thread, the other methods only from that of the training.
 */
public final class StopRequest {
  private static final Logger LOG = LoggerFactory.getLogger(StopRequest.class);

  private volatile boolean cancelled;
  private boolean interrupted;

  public void cancel() {
    cancelled = true;
  }

  public boolean isMade() {
    noticeInterrupt();
    return cancelled;
  }

  /** Restores the interrupt status if an interrupt was noticed. */
  public void passOn() {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Records and clears an interrupt, because files cannot be written while it is set. */
  private boolean noticeInterrupt() {
    if (Thread.interrupted()) {
      interrupted = true;
      cancelled = true;
      return true;
    }
    return false;
  }

  /** Runs a task that accesses files; if an interrupt makes it fail, it is repeated once. */
  public <T> T unbroken(Supplier<T> task) {
    noticeInterrupt();
    try {
      return task.get();
    } catch (RuntimeException e) {
      if (!noticeInterrupt()) {
        throw e;
      }
      LOG.debug("interrupted, trying once more", e);
      return task.get();
    }
  }

  /** Runs a task that accesses files, like {@link #unbroken(Supplier)}. */
  public void runUnbroken(Runnable task) {
    unbroken(
        () -> {
          task.run();
          return true;
        });
  }
}
