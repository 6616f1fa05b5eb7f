package dev.sdlora.tensors.torch;

import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Chooses how many threads the native calls of the current thread use, by the size of the work.
 * Other threads are not affected.
 *
 * <p>Work on small models is thousands of short operations. Sharing each of them gains little on an
 * idle machine and loses much on a busy one, where one thread waits until the other gets its turn.
 */
public final class ThreadLimit {
  /** The U-Net of SD 1.x has 860 million. */
  private static final long SMALL_MODEL = 100_000_000;

  /**
   * Of 256 x 256 pixels on, two threads are faster than one with small models too, and up to 128 x
   * 128 they are not.
   */
  private static final long SMALL_PICTURE = 192 * 192;

  private ThreadLimit() {}

  /**
   * Does work on a model, on one thread if it is small. To be called while a {@link Torch} is open.
   *
   * @param weights how many numbers the network has
   */
  public static void run(long weights, Runnable work) {
    limited(
        weights < SMALL_MODEL,
        () -> {
          work.run();
          return weights;
        });
  }

  /**
   * Draws images, on one thread if they and the model are small. To be called while a {@link Torch}
   * is open.
   *
   * @param weights how many numbers the network has
   * @param pixels of an image
   * @return what the work returns
   */
  public static <T> T draw(long weights, long pixels, Supplier<T> work) {
    return limited(weights < SMALL_MODEL && pixels <= SMALL_PICTURE, work);
  }

  /**
   * Does work on this thread alone, for threads that have shared out work among themselves. To be
   * called while a {@link Torch} is open.
   */
  public static void alone(Runnable work) {
    limited(
        true,
        () -> {
          work.run();
          return true;
        });
  }

  private static <T> T limited(boolean small, Supplier<T> work) {
    int before = enter(small);
    try {
      return work.get();
    } finally {
      if (before != JniUtils.getNumThreads()) {
        JniUtils.setNumThreads(before);
      }
    }
  }

  /** One after another, so that no thread takes the number of another for its own. */
  private static synchronized int enter(boolean small) {
    // Asking also makes libtorch settle the number of a new thread, which it would do later on.
    int before = JniUtils.getNumThreads();
    if (small && before != 1) {
      JniUtils.setNumThreads(1);
      // That also was the number for threads to come. It is theirs again when another one says so.
      try {
        CompletableFuture.runAsync(
                () -> JniUtils.setNumThreads(before), task -> new Thread(task).start())
            .join();
      } catch (RuntimeException | Error e) {
        // There is no room for a thread. Nothing is limited then, for this one or for others.
        JniUtils.setNumThreads(before);
        throw e;
      }
    }
    return before;
  }
}
