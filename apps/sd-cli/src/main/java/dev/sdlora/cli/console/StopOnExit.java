package dev.sdlora.cli.console;

import dev.sdlora.api.Pipeline;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Stops a command on Ctrl-C or SIGTERM. The command has a moment to end in order: generation stops
 * after the current model call. Then, or at once on a second signal, the process ends. Files appear
 * under their names only when complete, so none is half written.
 */
public final class StopOnExit {
  /** Less than two seconds in total, including the JVM's own shutdown. */
  private static final long PATIENCE_MILLIS = 1200;

  private static volatile long patienceMillis = PATIENCE_MILLIS;

  private StopOnExit() {}

  /** Gives the command extra time to finish, as requested by the user. */
  public static void waitLonger(Duration more) {
    patienceMillis = PATIENCE_MILLIS + more.toMillis();
  }

  /** Runs a command on this thread and returns its exit code. */
  public static int run(IntSupplier command) {
    Thread worker = Thread.currentThread();
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(worker, ended), "sd stop"));
    try {
      return command.getAsInt();
    } finally {
      ended.countDown();
    }
  }

  private static void stop(Thread worker, CountDownLatch ended) {
    if (ended.getCount() == 0) {
      return;
    }
    Pipeline.endAtNextSignal();
    worker.interrupt();
    try {
      if (!ended.await(patienceMillis, TimeUnit.MILLISECONDS)) {
        System.err.println("sd: stopped in the middle of a computation");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
