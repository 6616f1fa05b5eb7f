package dev.sdlora.tensors.torch;

import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.CompletableFuture;

/**
 * Chooses how many threads the native calls of the current thread use, by the size of the work.
 * Other threads are not affected.
 *
 * <p>Work on small models is thousands of short operations. Sharing each of them gains little on an
 * idle machine and loses much on a busy one, where one thread waits until the other gets its turn.
 */
public final class ThreadLimit {
  /** The U-Net of SD 1.x has 860 million. */
  private static final long SMALL = 100_000_000;

  private ThreadLimit() {}

  /**
   * Does work, on one thread if the model is small. To be called while a {@link Torch} is open.
   *
   * @param weights how many numbers the network has
   */
  public static void run(long weights, Runnable work) {
    // Asking also makes libtorch settle the number of a new thread, which it would do later on.
    int before = JniUtils.getNumThreads();
    if (weights >= SMALL || before == 1) {
      work.run();
      return;
    }
    JniUtils.setNumThreads(1);
    try {
      // That also was the number for threads to come. It is theirs again when another one says so.
      CompletableFuture.runAsync(
              () -> JniUtils.setNumThreads(before), task -> new Thread(task).start())
          .join();
      work.run();
    } finally {
      JniUtils.setNumThreads(before);
    }
  }
}
