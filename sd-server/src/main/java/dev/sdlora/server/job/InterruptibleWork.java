package dev.sdlora.server.job;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Work that one call does, on a thread of its own, and that an interrupt of the thread ends. */
public abstract class InterruptibleWork implements Work {
  private final String threadName;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  // Both are guarded by this.
  private @Nullable Thread thread;
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
    cancelled = true;
    if (thread != null && !isOver()) {
      thread.interrupt();
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
