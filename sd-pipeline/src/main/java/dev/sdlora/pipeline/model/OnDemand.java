package dev.sdlora.pipeline.model;

import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.pipeline.lora.WeightGate;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;

/**
 * Weights that are in memory while somebody uses them, or once they are there: as the memory policy
 * wants. Safe for use by several threads, as long as nobody else changes the weights meanwhile;
 * those that LoRAs change are used by holders of a lease only ({@link WeightGate}).
 */
public final class OnDemand {
  private final MemoryPolicy policy;
  private final List<LiveWeights> weights;
  private final Runnable reading;
  private int users;

  /**
   * Weights that nobody uses yet.
   *
   * @param reading brings those into memory that are not; called by one thread at a time
   */
  OnDemand(MemoryPolicy policy, List<LiveWeights> weights, Runnable reading) {
    this.policy = policy;
    this.weights = List.copyOf(weights);
    this.reading = reading;
  }

  /** The memory that using them takes beyond what is taken anyway, in bytes. */
  public synchronized long bytes() {
    return weights.stream()
        .filter(each -> policy == MemoryPolicy.SPARING || !each.isInMemory())
        .mapToLong(LiveWeights::bytes)
        .sum();
  }

  /** The right to use the weights until it is closed. Nothing is read yet. */
  public Use use() {
    synchronized (this) {
      users++;
    }
    return new Use();
  }

  /** Gives back what has been read for a use that did not come about. */
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
     * Makes sure that the weights are in memory.
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
