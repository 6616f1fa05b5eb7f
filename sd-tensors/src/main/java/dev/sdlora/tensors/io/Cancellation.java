package dev.sdlora.tensors.io;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.value.CurrentWork;

/**
 * Stops long reads whose result is no longer needed, see {@link CurrentWork}. Code that restores
 * weights does not check, because it must always finish.
 */
public final class Cancellation {
  private Cancellation() {}

  /**
   * Throws if the current work was cancelled.
   *
   * @throws GenerationCancelledException if it was cancelled or the thread interrupted; the
   *     interrupt flag stays set
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
