package dev.sdlora.pipeline.generation;

import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.error.GenerationCancelledException;
import java.util.function.BooleanSupplier;

/**
 * Who watches a request and who may stop it.
 *
 * @param listener told of everything
 * @param cancelled whether the caller has given up
 * @param early whether it ends with what there is
 */
record Progress(GenerationListener listener, BooleanSupplier cancelled, EarlyEnd early) {

  Progress(GenerationListener listener, BooleanSupplier cancelled) {
    this(listener, cancelled, new EarlyEnd(listener));
  }

  /**
   * Ends a request that nobody waits for any more.
   *
   * @throws GenerationCancelledException if it was cancelled
   */
  void stopIfCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new GenerationCancelledException("the generation was cancelled");
    }
  }
}
