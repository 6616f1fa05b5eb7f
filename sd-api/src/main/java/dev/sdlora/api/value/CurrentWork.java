package dev.sdlora.api.value;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tracks whether the current thread's work has been cancelled. The code that runs a request
 * registers a check once; long-running code polls it.
 */
public final class CurrentWork {
  private static final ThreadLocal<@Nullable BooleanSupplier> CANCELLED = new ThreadLocal<>();

  private CurrentWork() {}

  /**
   * Work that can be cancelled.
   *
   * @param <T> the type of the result
   * @param <E> the type of exceptions
   */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    /**
     * Does the work.
     *
     * @return the result
     * @throws E if the work fails
     */
    T run() throws E;
  }

  /**
   * Runs work on this thread.
   *
   * @param <T> the type of the result
   * @param <E> the type of exceptions
   * @param cancelled whether the work has been cancelled; it may be called often and from other
   *     threads
   * @param work the work
   * @return the result of the work
   * @throws E if the work fails
   */
  public static <T, E extends Exception> T until(BooleanSupplier cancelled, Work<T, E> work)
      throws E {
    @Nullable BooleanSupplier before = CANCELLED.get();
    CANCELLED.set(cancelled);
    try {
      return work.run();
    } finally {
      if (before == null) {
        CANCELLED.remove();
      } else {
        CANCELLED.set(before);
      }
    }
  }

  /**
   * Returns this thread's check for cancellation, for helper threads.
   *
   * @return a check that returns whether the work has been cancelled
   */
  public static BooleanSupplier cancelled() {
    @Nullable BooleanSupplier current = CANCELLED.get();
    return current == null ? () -> false : current;
  }

  /**
   * Returns whether the work of this thread has been cancelled.
   *
   * @return whether it was cancelled or the thread was interrupted; the interrupt flag is not
   *     cleared
   */
  public static boolean isCancelled() {
    return Thread.currentThread().isInterrupted() || cancelled().getAsBoolean();
  }
}
