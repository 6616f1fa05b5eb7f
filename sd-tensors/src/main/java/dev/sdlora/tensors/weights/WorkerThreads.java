package dev.sdlora.tensors.weights;

import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.ThreadLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Threads that take jobs from one list, each doing its own whole: what a job reads stays in one
 * processor's cache, nobody waits for another between the steps of a job, and how many threads
 * there are shows in no result, since libtorch works on one for each job.
 */
final class WorkerThreads {
  private WorkerThreads() {}

  /** What one thread works with. */
  interface Member<T> extends AutoCloseable {
    /** Does a job. */
    void work(T job);

    /** Gives back what it needed; called on the same thread, also after a failure. */
    @Override
    void close();
  }

  /**
   * Does all jobs, in order as far as they begin.
   *
   * @param threads how many at most, the caller's among them
   * @param hired makes what a thread works with, called on that thread
   * @throws RuntimeException the first failure; jobs that had not begun then are left out, and none
   *     is under way any more
   */
  static <T> void work(List<T> jobs, int threads, Supplier<? extends Member<T>> hired) {
    AtomicInteger next = new AtomicInteger();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    // The caller's own failure is the telling one: when it is interrupted, the others find the file
    // closed.
    Queue<Throwable> own = new ConcurrentLinkedQueue<>();
    List<Thread> helpers = new ArrayList<>();
    try {
      for (int i = 1; i < Math.min(threads, jobs.size()); i++) {
        Thread helper = new Thread(() -> take(jobs, next, hired, failures), "sd-lora-weights-" + i);
        helper.setDaemon(true);
        helper.start();
        helpers.add(helper);
      }
      take(jobs, next, hired, own);
    } catch (OutOfMemoryError e) {
      // No thread could be started. Those that were must not write to tensors that are given back.
      own.add(e);
      next.set(jobs.size());
    }
    helpers.forEach(WorkerThreads::await);
    own.addAll(failures);
    Closing.all(own, WorkerThreads::raise);
  }

  private static void raise(Throwable failure) {
    if (failure instanceof RuntimeException e) {
      throw e;
    } else if (failure instanceof Error e) {
      throw e;
    }
  }

  private static <T> void take(
      List<T> jobs,
      AtomicInteger next,
      Supplier<? extends Member<T>> hired,
      Queue<Throwable> failures) {
    try {
      ThreadLimit.alone(
          () -> {
            try (Member<T> member = hired.get()) {
              for (int i = next.getAndIncrement(); i < jobs.size(); i = next.getAndIncrement()) {
                member.work(jobs.get(i));
              }
            }
          });
    } catch (RuntimeException | Error e) {
      failures.add(e);
      next.set(jobs.size());
    }
  }

  /**
   * Waits for a thread. An interrupt is kept for later: the tensors must be left in peace first.
   */
  private static void await(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
