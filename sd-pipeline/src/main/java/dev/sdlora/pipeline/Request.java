package dev.sdlora.pipeline;

import dev.sdlora.api.GenerationResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The future that the caller of a request holds. Completing it from outside stops the work before
 * any dependent action runs. When it is done, it holds no reference to the work.
 */
final class Request extends CompletableFuture<GenerationResult> {
  private final AtomicReference<@Nullable Runnable> stop;

  private Request(Runnable stop) {
    this.stop = new AtomicReference<>(stop);
  }

  /**
   * Creates the future of a request that has not started.
   *
   * @param stop called once, when the future is first completed from outside
   */
  static Request of(Runnable stop) {
    Request request = new Request(stop);
    // Some completions bypass the methods below, such as completeAsync.
    var unused = request.whenComplete((result, failure) -> request.stop());
    return request;
  }

  /** Whether the work is no longer needed. */
  boolean isStopped() {
    return stop.get() == null || isDone();
  }

  private void stop() {
    Runnable action = stop.getAndSet(null);
    if (action != null) {
      action.run();
    }
  }

  /** Completes the future with a result or a failure of the work; no effect if it was stopped. */
  void finish(@Nullable GenerationResult result, @Nullable Throwable failure) {
    stop.set(null);
    if (failure == null) {
      super.complete(result);
    } else {
      super.completeExceptionally(failure);
    }
  }

  @Override
  public boolean complete(GenerationResult result) {
    stop();
    return super.complete(result);
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    stop();
    return super.completeExceptionally(failure);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    stop();
    return super.cancel(mayInterruptIfRunning);
  }
}
