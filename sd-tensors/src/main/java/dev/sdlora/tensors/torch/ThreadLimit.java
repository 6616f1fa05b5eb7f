package dev.sdlora.tensors.torch;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Chooses the number of threads for native calls of the current thread, by the size of the work.
 * Other threads are not affected.
 *
 * <p>Work on small models consists of thousands of short operations. Splitting each of them gains
 * little on an idle machine and loses a lot on a busy one, where one thread waits until the other
 * gets its turn.
 */
public final class ThreadLimit {
  /** The U-Net of SD 1.x has 860 million. */
  private static final long SMALL_MODEL = 100_000_000;

  /**
   * From 256 x 256 pixels, two threads are faster than one even with small models; up to 128 x 128
   * they are not.
   */
  private static final long SMALL_PICTURE = 192 * 192;

  private ThreadLimit() {}

  /**
   * Runs work on a model, on one thread if the model is small. Must be called while a {@link Torch}
   * is open.
   *
   * @param weights the number of weights of the network
   * @param work the work
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
   * Generates images, on one thread if the images and the model are small. Must be called while a
   * {@link Torch} is open.
   *
   * @param weights the number of weights of the network
   * @param pixels the number of pixels of an image
   * @param work the work
   * @return the result of the work
   */
  public static <T> T draw(long weights, long pixels, Supplier<T> work) {
    return limited(weights < SMALL_MODEL && pixels <= SMALL_PICTURE, work);
  }

  /**
   * Runs work on this thread alone, for threads that have already divided the work among
   * themselves. Must be called while a {@link Torch} is open.
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
    TorchEngine engine = EngineStart.engine();
    int before = enter(small, engine);
    try {
      return work.get();
    } finally {
      if (before != engine.threads()) {
        engine.setThreads(before);
      }
    }
  }

  /** Synchronized so that no thread mistakes the number of another thread for its own. */
  private static synchronized int enter(boolean small, TorchEngine engine) {
    // The query also makes libtorch initialize the number of a new thread, which it would otherwise
    // do later.
    int before = engine.threads();
    if (small && before != 1) {
      engine.setThreads(1);
      // That also set the number for new threads. Setting it on another thread restores it.
      try {
        CompletableFuture.runAsync(
                () -> engine.setThreads(before), task -> new Thread(task).start())
            .join();
      } catch (RuntimeException | Error e) {
        // No thread could be created. The limit is lifted, for this thread and for others.
        engine.setThreads(before);
        throw e;
      }
    }
    return before;
  }
}
