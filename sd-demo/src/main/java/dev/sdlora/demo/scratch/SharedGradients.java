package dev.sdlora.demo.scratch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.training.data.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Gradients of a batch that several threads compute a share of each, over the same weights. Small
 * networks gain nothing from several threads inside an operation, and all of this.
 */
final class SharedGradients implements AutoCloseable {
  private final int threads;
  private final ExecutorService pool;

  /** What gives the gradients, and the loss, of some members of a batch. */
  interface Share {
    Map<String, NDArray> of(Batch members, int[][] ids, NDManager scope);
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
   * The means over the members of a batch.
   *
   * @param ids one row for each member, whose number is a multiple of that of threads
   * @param scope the owner of the result
   */
  Map<String, NDArray> of(Batch batch, int[][] ids, NDManager scope, Share share) {
    List<Callable<Map<String, NDArray>>> parts = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Batch members = part(batch, i);
      int[][] own = Arrays.copyOfRange(ids, from(ids.length, i), from(ids.length, i + 1));
      parts.add(() -> share.of(members, own, scope));
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
      throw new IllegalStateException("a share of the gradients failed", e.getCause());
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

  private Batch part(Batch batch, int i) {
    return new Batch(
        part(batch.noisy(), i),
        part(batch.times(), i),
        part(batch.target(), i),
        part(batch.importance(), i),
        part(batch.strengths(), i),
        List.of(),
        List.of());
  }

  private float[] part(float[] values, int i) {
    return Arrays.copyOfRange(values, from(values.length, i), from(values.length, i + 1));
  }

  private int from(int length, int part) {
    return length / threads * part;
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
