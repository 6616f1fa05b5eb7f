package dev.sdlora.onnx.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.sdlora.api.value.CurrentWork;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ends a run of a network soon after its thread is interrupted or its request is cancelled. Created
 * and closed by the thread that runs the network.
 */
final class CancellableRun implements AutoCloseable {
  private static final long MILLISECONDS = 50;

  private static final ScheduledThreadPoolExecutor WATCHING = watching();

  private final Thread caller = Thread.currentThread();
  private final BooleanSupplier cancelled = CurrentWork.cancelled();
  private final RunOptions options = new RunOptions();
  private final ScheduledFuture<?> watch;
  private boolean ended;

  CancellableRun() throws OrtException {
    this.watch =
        WATCHING.scheduleWithFixedDelay(
            this::check, MILLISECONDS, MILLISECONDS, TimeUnit.MILLISECONDS);
  }

  private static ScheduledThreadPoolExecutor watching() {
    ScheduledThreadPoolExecutor watching =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "sd-onnx-cancel");
              thread.setDaemon(true);
              return thread;
            });
    watching.setRemoveOnCancelPolicy(true);
    watching.setKeepAliveTime(1, TimeUnit.SECONDS);
    watching.allowCoreThreadTimeOut(true);
    return watching;
  }

  RunOptions options() {
    return options;
  }

  private synchronized void check() {
    if (!ended && (caller.isInterrupted() || cancelled.getAsBoolean())) {
      try {
        options.setTerminate(true);
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public synchronized void close() {
    ended = true;
    watch.cancel(false);
    options.close();
  }
}
