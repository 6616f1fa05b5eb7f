package dev.sdlora.pipeline;

import dev.sdlora.api.GenerationResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the caller of a request holds. Whoever completes it from outside stops the work, before
 * anything that depends on the future runs. When it is done it holds nothing of the work.
 */
final class Request extends CompletableFuture<GenerationResult> {
  private final AtomicReference<@Nullable Runnable> stop;

  private Request(Runnable stop) {
    this.stop = new AtomicReference<>(stop);
  }

  /**
   * A request that has not begun.
   *
   * @param stop called once, by the first who completes it from outside
   */
  static Request of(Runnable stop) {
    Request request = new Request(stop);
    // Some ways to complete a future go past its methods, such as completeAsync.
    var unused = request.whenComplete((result, failure) -> request.stop());
    return request;
  }

  /** Whether nobody waits for the work any more. */
  boolean isStopped() {
    return stop.get() == null || isDone();
  }

  private void stop() {
    Runnable action = stop.getAndSet(null);
    if (action != null) {
      action.run();
    }
  }

  /** The end of the work, with a result or a failure; without effect if it was stopped. */
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
