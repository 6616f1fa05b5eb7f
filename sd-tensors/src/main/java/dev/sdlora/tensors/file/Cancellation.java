package dev.sdlora.tensors.file;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.value.CurrentWork;

/**
 * Lets long reading end when nobody waits for it any more, see {@link CurrentWork}. Whoever
 * restores weights does not ask, because that has to be done in any case.
 */
public final class Cancellation {
  private Cancellation() {}

  /**
   * Ends work that is of no use any more.
   *
   * @throws GenerationCancelledException if it was cancelled or the thread interrupted; the
   *     interrupt stays visible
   */
  public static void check() {
    if (CurrentWork.isCancelled()) {
      throw new GenerationCancelledException(
          Thread.currentThread().isInterrupted()
              ? "reading ended because its thread was interrupted"
              : "reading ended because the request was cancelled");
    }
  }
}
