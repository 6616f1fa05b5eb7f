package dev.sdlora.server.job;

import dev.sdlora.server.trace.Origin;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work done by one call on a thread of its own. Cancelling interrupts the thread, but only in parts
 * that are safe to interrupt: elsewhere it would break files that are being read or written.
 */
public abstract class InterruptibleWork implements Work {
  private final String threadName;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  // The fields below are guarded by this.
  private @Nullable Thread thread;
  private boolean interruptible;
  private boolean cancelled;

  /** Creates work that runs on a thread with the given name. */
  protected InterruptibleWork(String threadName) {
    this.threadName = threadName;
  }

  /**
   * Does the work.
   *
   * @return the warnings and LoRA reports
   * @throws CancellationException if it was cancelled
   */
  protected abstract Outcome run(JobProgress progress);

  @Override
  public final CompletableFuture<Outcome> start(JobProgress progress) {
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

  private void runTo(JobProgress progress) {
    Origin.Scope logged = progress.logged();
    try {
      outcome.complete(run(progress));
    } catch (RuntimeException | Error e) {
      outcome.completeExceptionally(e);
    } finally {
      logged.close();
    }
  }

  @Override
  public final synchronized void cancel() {
    // A second interrupt could hit the cleanup that follows the first.
    if (!cancelled && interruptible && thread != null) {
      thread.interrupt();
    }
    cancelled = true;
  }

  /** Whether the work has been cancelled, even if it was complete by then. */
  protected final synchronized boolean isCancelled() {
    return cancelled;
  }

  /** Runs a part that an interrupt ends; immediately if the work has already been cancelled. */
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

  /** Whether the work has ended for any reason. */
  protected final boolean isOver() {
    return outcome.isDone();
  }

  /** Waits for the end of the thread if it was started; an interrupt ends the wait. */
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
