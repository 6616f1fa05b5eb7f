package dev.sdlora.demo.scratch;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Computes the gradients of a batch on several threads, each with a share of it, over the same
 * weights. Small networks gain nothing from several threads within an operation, but everything
 * from this.
 */
final class SharedGradients implements AutoCloseable {
  private final int threads;
  private final ExecutorService pool;

  /** Returns the gradients and the loss for a range of the members of a batch. */
  interface Share {
    Map<String, NDArray> of(int from, int to);
  }

  SharedGradients(int threads) {
    this.threads = threads;
    this.pool =
        Executors.newFixedThreadPool(
            threads,
            work -> {
              Thread thread = new Thread(work, "gradients");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Returns the means over the members of a batch.
   *
   * @param members the number of members, a multiple of the number of threads
   */
  Map<String, NDArray> of(int members, Share share) {
    int own = members / threads;
    List<Callable<Map<String, NDArray>>> parts = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int from = i * own;
      parts.add(() -> share.of(from, from + own));
    }
    List<Map<String, NDArray>> computed = computed(parts);
    Map<String, NDArray> mean = computed.get(0);
    if (threads > 1) {
      mean.replaceAll((name, first) -> mean(name, computed));
    }
    return mean;
  }

  private List<Map<String, NDArray>> computed(List<Callable<Map<String, NDArray>>> parts) {
    List<Map<String, NDArray>> computed = new ArrayList<>();
    try {
      for (Future<Map<String, NDArray>> part : pool.invokeAll(parts)) {
        computed.add(part.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("training was interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("computing a share of the gradients failed", e.getCause());
    }
    return computed;
  }

  private NDArray mean(String name, List<Map<String, NDArray>> computed) {
    NDArray sum = Objects.requireNonNull(computed.get(0).get(name));
    for (Map<String, NDArray> other : computed.subList(1, threads)) {
      sum.addi(Objects.requireNonNull(other.get(name)));
    }
    return sum.divi(threads);
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
