package dev.sdlora.server.job;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work that one call does, on a thread of its own, and that an interrupt of the thread ends, in the
 * parts that know of interrupts: files that are read or written elsewhere would break.
 */
public abstract class InterruptibleWork implements Work {
  private final String threadName;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  // All are guarded by this.
  private @Nullable Thread thread;
  private boolean interruptible;
  private boolean cancelled;

  /** Work on a thread of a name. */
  protected InterruptibleWork(String threadName) {
    this.threadName = threadName;
  }

  /**
   * Does it all.
   *
   * @return what is known then
   * @throws CancellationException if it was cancelled on the way
   */
  protected abstract Outcome run(Progress progress);

  @Override
  public final CompletableFuture<Outcome> start(Progress progress) {
    synchronized (this) {
      if (!cancelled) {
        thread = new Thread(() -> runTo(progress), threadName);
        thread.setDaemon(true);
        thread.start();
        return outcome;
      }
    }
    outcome.completeExceptionally(new CancellationException());
    return outcome;
  }

  private void runTo(Progress progress) {
    try {
      outcome.complete(run(progress));
    } catch (RuntimeException | Error e) {
      outcome.completeExceptionally(e);
    }
  }

  @Override
  public final synchronized void cancel() {
    // A second interrupt could break what the work does once more after the first.
    if (!cancelled && interruptible && thread != null) {
      thread.interrupt();
    }
    cancelled = true;
  }

  /** Whether it has been cancelled; it may have been whole by then. */
  protected final synchronized boolean isCancelled() {
    return cancelled;
  }

  /** Does a part that an interrupt ends; at once if it has been cancelled before. */
  protected final <T> T interruptibly(Supplier<T> part) {
    synchronized (this) {
      interruptible = true;
      if (cancelled) {
        Thread.currentThread().interrupt();
      }
    }
    try {
      return part.get();
    } finally {
      synchronized (this) {
        interruptible = false;
        Thread.interrupted();
      }
    }
  }

  /** Whether it has ended, in whatever way. */
  protected final boolean isOver() {
    return outcome.isDone();
  }

  /** Waits until its thread has ended, if it was ever started; an interrupt ends the waiting. */
  public final void awaitEnd() {
    Thread running;
    synchronized (this) {
      running = thread;
    }
    try {
      if (running != null) {
        running.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
