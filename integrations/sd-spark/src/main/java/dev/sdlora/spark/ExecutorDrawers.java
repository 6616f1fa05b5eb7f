package dev.sdlora.spark;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.batch.BatchDrawer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The models loaded in this JVM, shared by all its tasks: one checkpoint with one set of LoRAs per
 * device. Tasks take turns, because one image uses all cores anyway, and because images generated
 * one at a time are the same bytes whatever else is generated. Models stay loaded for the next task
 * and the next job, and are closed when the JVM ends or when a task has other settings.
 */
final class ExecutorDrawers {
  private static final Map<String, ExecutorDrawers> BY_DEVICE = new ConcurrentHashMap<>();

  private final ReentrantLock turn = new ReentrantLock(true);
  private @Nullable DrawingSettings settings;
  private @Nullable BatchDrawer drawer;

  private ExecutorDrawers() {}

  /**
   * Waits for the task's turn, then does its work.
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

  private BatchDrawer drawer(DrawingSettings requested, String device) {
    BatchDrawer former = drawer;
    if (former != null && requested.equals(settings)) {
      former.forgetFailures(); // A retried task retries everything.
      return former;
    }
    if (former != null) {
      drawer = null;
      former.close();
    }
    BatchDrawer fresh = requested.drawer(device);
    drawer = fresh;
    settings = requested;
    return fresh;
  }
}
