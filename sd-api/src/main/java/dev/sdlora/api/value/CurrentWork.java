package dev.sdlora.api.value;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether anybody waits for the work of the current thread. Who works for a request says once how
 * to tell that it was cancelled; what takes long asks as it goes along.
 */
public final class CurrentWork {
  private static final ThreadLocal<@Nullable BooleanSupplier> CANCELLED = new ThreadLocal<>();

  private CurrentWork() {}

  /**
   * Work that may be cancelled.
   *
   * @param <T> the result
   * @param <E> exceptions that it may throw
   */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    /**
     * Does it.
     *
     * @return the result
     * @throws E if it fails
     */
    T run() throws E;
  }

  /**
   * Does some work on this thread.
   *
   * @param <T> the result
   * @param <E> exceptions of the work
   * @param cancelled whether it is of no use any more; may be asked often and by other threads
   * @param work the work
   * @return what the work gives
   * @throws E if the work does
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
   * Returns how this thread tells that its work is of no use any more, for threads that help it.
   *
   * @return whether the work was cancelled
   */
  public static BooleanSupplier cancelled() {
    @Nullable BooleanSupplier current = CANCELLED.get();
    return current == null ? () -> false : current;
  }

  /**
   * Returns whether the work of this thread is of no use any more.
   *
   * @return whether it was cancelled or the thread interrupted; the interrupt stays visible
   */
  public static boolean isCancelled() {
    return Thread.currentThread().isInterrupted() || cancelled().getAsBoolean();
  }
}
