package dev.sdlora.pipeline.generation;

import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.error.GenerationCancelledException;
import java.util.function.BooleanSupplier;

/**
 * The listener of a request and the ways to stop it.
 *
 * @param listener receives all events
 * @param cancelled whether the caller has cancelled the request
 * @param early whether the request ends early
 */
record Progress(GenerationListener listener, BooleanSupplier cancelled, EarlyEnd early) {

  Progress(GenerationListener listener, BooleanSupplier cancelled) {
    this(listener, cancelled, new EarlyEnd(listener));
  }

  /**
   * Throws if the caller has cancelled the request.
   *
   * @throws GenerationCancelledException if it was cancelled
   */
  void stopIfCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new GenerationCancelledException("the generation was cancelled");
    }
  }
}
