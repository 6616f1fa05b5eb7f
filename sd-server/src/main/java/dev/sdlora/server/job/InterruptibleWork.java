package dev.sdlora.server.job;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Work that one call does, on a thread of its own, and that an interrupt of the thread ends. */
public abstract class InterruptibleWork implements Work {
  private final String threadName;

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
   */
  protected abstract Outcome run(Progress progress);

  @Override
  public final CompletableFuture<Outcome> start(Progress progress) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    Thread worker = new Thread(() -> runTo(outcome, progress), threadName);
    worker.setDaemon(true);
    synchronized (this) {
      if (cancelled) {
        outcome.completeExceptionally(new CancellationException());
        return outcome;
      }
      thread = worker;
    }
    worker.start();
    return outcome;
  }

  private void runTo(CompletableFuture<Outcome> outcome, Progress progress) {
    try {
      outcome.complete(run(progress));
    } catch (RuntimeException | Error e) {
      outcome.completeExceptionally(e);
    }
  }

  @Override
  public final synchronized void cancel() {
    cancelled = true;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
