package dev.sdlora.pipeline.model;

import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.pipeline.lora.WeightGate;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;

/**
 * Weights that are loaded on demand. According to the memory policy, they stay in memory only while
 * in use, or from the first use on. Safe for use by several threads, as long as no other code
 * changes the weights meanwhile; weights that LoRAs change may only be used by holders of a lease
 * ({@link WeightGate}).
 */
public final class OnDemand {
  private final MemoryPolicy policy;
  private final List<LiveWeights> weights;
  private final Runnable reading;
  private int users;

  /**
   * Creates unused weights.
   *
   * @param reading reads the weights that are not in memory; called by one thread at a time
   */
  OnDemand(MemoryPolicy policy, List<LiveWeights> weights, Runnable reading) {
    this.policy = policy;
    this.weights = List.copyOf(weights);
    this.reading = reading;
  }

  /** Returns the additional memory needed to use the weights, in bytes. */
  public synchronized long bytes() {
    return weights.stream()
        .filter(each -> policy == MemoryPolicy.SPARING || !each.isInMemory())
        .mapToLong(LiveWeights::bytes)
        .sum();
  }

  /** Returns a right to use the weights until it is closed. Reads nothing yet. */
  public Use use() {
    synchronized (this) {
      users++;
    }
    return new Use();
  }

  /** Releases weights that were read but are not in use. */
  public void giveBackUnused() {
    use().close();
  }

  private synchronized void read() {
    reading.run();
  }

  private synchronized void leave() {
    users--;
    if (users == 0 && policy == MemoryPolicy.SPARING) {
      Closing.all(weights, LiveWeights::giveBack);
    }
  }

  /** A use of the weights by one thread. */
  public final class Use implements AutoCloseable {
    private Use() {}

    /**
     * Reads the weights into memory if necessary.
     *
     * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
     */
    public void require() {
      read();
    }

    @Override
    public void close() {
      leave();
    }
  }
}
