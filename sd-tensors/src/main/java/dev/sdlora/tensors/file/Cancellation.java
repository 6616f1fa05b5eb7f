package dev.sdlora.tensors.file;

import dev.sdlora.api.GenerationCancelledException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets long reading end when nobody waits for it any more. Who works for a request says once, for
 * its thread, how to tell that the request was cancelled; readers ask as they go along. An
 * interrupt of the thread ends reading as well. Whoever restores weights does not ask, because that
 * has to be done in any case.
 */
public final class Cancellation {
  private static final ThreadLocal<@Nullable BooleanSupplier> CURRENT = new ThreadLocal<>();

  private Cancellation() {}

  /**
   * Does some work on this thread.
   *
   * @param cancelled whether it is of no use any more; may be asked often and by other threads
   * @return what the work gives
   */
  public static <T> T during(BooleanSupplier cancelled, Supplier<T> work) {
    @Nullable BooleanSupplier before = CURRENT.get();
    CURRENT.set(cancelled);
    try {
      return work.get();
    } finally {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }

  /** How this thread tells that its work is of no use any more, for threads that help it. */
  public static BooleanSupplier current() {
    BooleanSupplier current = CURRENT.get();
    return current == null ? () -> false : current;
  }

  /**
   * Ends work that is of no use any more.
   *
   * @throws GenerationCancelledException if it was cancelled or the thread interrupted; the
   *     interrupt stays visible
   */
  public static void check() {
    if (current().getAsBoolean()) {
      throw new GenerationCancelledException("reading ended because the request was cancelled");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new GenerationCancelledException("reading ended because its thread was interrupted");
    }
  }
}
