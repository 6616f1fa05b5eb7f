package dev.sdlora.cli;

import dev.sdlora.api.Pipeline;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Lets Ctrl-C and SIGTERM stop a command. It has a moment to end in order: a generation stops at
 * the end of the network evaluation that is under way. Then the process ends whatever it is doing,
 * and at once when a second signal comes. Files appear under their names only when they are
 * complete, so none is half written.
 */
final class StopOnExit {
  /** With what the JVM itself takes to end, less than two seconds. */
  private static final long PATIENCE_MILLIS = 1200;

  private static volatile long patienceMillis = PATIENCE_MILLIS;

  private StopOnExit() {}

  /** Gives the command more time, which it was asked to take. */
  static void waitLonger(Duration more) {
    patienceMillis = PATIENCE_MILLIS + more.toMillis();
  }

  /** Runs a command on this thread and returns its exit code. */
  static int run(IntSupplier command) {
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
