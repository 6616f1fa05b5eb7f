package dev.sdlora.spark;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.batch.BatchDrawer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM has loaded, for all its tasks: on each device one checkpoint with one set of LoRAs.
 * Tasks take turns with it, since an image takes all processors anyway, and since images that are
 * drawn one at a time are the same bytes whatever else is drawn. What is loaded stays for the next
 * task and the next job, and is closed when the JVM ends (or other settings are asked for).
 */
final class ExecutorDrawers {
  private static final Map<String, ExecutorDrawers> BY_DEVICE = new ConcurrentHashMap<>();

  private final ReentrantLock turn = new ReentrantLock(true);
  private @Nullable DrawingSettings settings;
  private @Nullable BatchDrawer drawer;

  private ExecutorDrawers() {}

  /**
   * Does the work of a task when its turn has come.
   *
   * @throws GenerationCancelledException if the task is interrupted while it waits
   */
  static <T> T inTurn(DrawingSettings settings, String device, Function<BatchDrawer, T> work) {
    ExecutorDrawers drawers = BY_DEVICE.computeIfAbsent(device, any -> new ExecutorDrawers());
    try {
      drawers.turn.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException("the task was cancelled");
    }
    try {
      return work.apply(drawers.drawer(settings, device));
    } finally {
      drawers.turn.unlock();
    }
  }

  private BatchDrawer drawer(DrawingSettings asked, String device) {
    BatchDrawer former = drawer;
    if (former != null && asked.equals(settings)) {
      former.forgetFailures(); // A task that is tried again tries all of it again.
      return former;
    }
    if (former != null) {
      drawer = null;
      former.close();
    }
    BatchDrawer fresh = asked.drawer(device);
    drawer = fresh;
    settings = asked;
    return fresh;
  }
}
