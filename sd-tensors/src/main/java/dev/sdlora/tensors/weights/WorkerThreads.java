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
 * Threads that take jobs from one list and process each job alone. The data of a job stays in one
 * processor's cache, no thread waits for another between the steps of a job, and the number of
 * threads affects no result, because libtorch uses one thread for each job.
 */
final class WorkerThreads {
  private WorkerThreads() {}

  /** The resources of one thread. */
  interface Member<T> extends AutoCloseable {
    /** Processes a job. */
    void work(T job);

    /** Releases the resources; called on the same thread, also after a failure. */
    @Override
    void close();
  }

  /**
   * Processes all jobs, started in order.
   *
   * @param threads the maximum number of threads, including the caller's
   * @param hired creates the resources of a thread, called on that thread
   * @throws RuntimeException the first failure; jobs not yet started are then skipped, and none is
   *     still running
   */
  static <T> void work(List<T> jobs, int threads, Supplier<? extends Member<T>> hired) {
    AtomicInteger next = new AtomicInteger();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    // The caller's own failure is the informative one: if the caller is interrupted, the others
    // find the file closed.
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
      // No thread could be started. Threads already started must not write to tensors that are
      // freed.
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
   * Waits for a thread. An interrupt is deferred, because the thread must first stop using the
   * tensors.
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
