package dev.sdlora.server.models;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.value.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the weights of as many checkpoints in memory as fit. A request leases a checkpoint, which
 * loads it if necessary; for that, those that no request uses are unloaded, the least recently used
 * first. A request that has to wait for memory is overtaken by none. One thread at a time loads.
 * Safe for use by several threads.
 */
final class PipelinePool implements AutoCloseable {
  /** Bytes that stay free for a request, in addition to half of the largest checkpoint. */
  private static final long RESERVE = 256L << 20;

  private static final Set<String> PLAIN = Set.of("float32", "float16", "bfloat16");
  private static final Logger LOG = LoggerFactory.getLogger(PipelinePool.class);

  private final Function<Checkpoint, Pipeline> opener;
  private final OptionalLong most;
  private final LongSupplier available;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // The fields below are guarded by the lock.
  private final Set<Slot> loaded = new HashSet<>();

  /** The requests that wait for memory, in order of arrival. */
  private final Deque<Object> waiting = new ArrayDeque<>();

  private boolean loading;
  private boolean closed;
  private long uses;
  private long loads;

  /**
   * Creates an empty pool.
   *
   * @param opener loads a checkpoint
   * @param most the bytes of all weights together; empty for as many as the machine has
   * @param available measures the memory that the machine has left
   */
  PipelinePool(Function<Checkpoint, Pipeline> opener, OptionalLong most, LongSupplier available) {
    this.opener = opener;
    this.most = most;
    this.available = available;
  }

  /** The right to use a pipeline until it is closed. */
  final class Lease implements AutoCloseable {
    private final Slot slot;
    private final Pipeline pipeline;
    private boolean over;

    private Lease(Slot slot, Pipeline pipeline) {
      this.slot = slot;
      this.pipeline = pipeline;
      slot.users++;
      slot.lastUse = ++uses;
    }

    Pipeline pipeline() {
      return pipeline;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (!over) {
          over = true;
          slot.users--;
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Adds a pipeline that is already open; the pool closes it. */
  void add(Slot slot, Pipeline pipeline) {
    lock.lock();
    try {
      slot.pipeline = pipeline;
      slot.lastUse = ++uses;
      loaded.add(slot);
    } finally {
      lock.unlock();
    }
  }

  /** Leases a pipeline if that is possible at once. */
  Optional<Lease> leaseNow(Slot slot) {
    lock.lock();
    try {
      requireOpen();
      Pipeline ready = waiting.isEmpty() ? ready(slot) : null;
      return ready == null ? Optional.empty() : Optional.of(new Lease(slot, ready));
    } finally {
      lock.unlock();
    }
  }

  private static @Nullable Pipeline ready(Slot slot) {
    return slot.changing ? null : slot.pipeline;
  }

  /**
   * Leases a pipeline; waits until there is memory for it, and loads it.
   *
   * @param cancelled looked at after every {@link #wake}
   * @throws GenerationCancelledException if it was cancelled
   * @throws IllegalStateException if the pool was closed
   */
  Lease lease(Slot slot, BooleanSupplier cancelled) {
    Object ticket = new Object();
    List<Slot> out;
    lock.lock();
    try {
      while (true) {
        requireOpen();
        if (cancelled.getAsBoolean()) {
          throw new GenerationCancelledException("the request was cancelled while it waited");
        }
        boolean isNext = waiting.isEmpty() || waiting.peek() == ticket;
        Pipeline ready = isNext ? ready(slot) : null;
        if (ready != null) {
          return new Lease(slot, ready);
        }
        Optional<List<Slot>> room =
            isNext && !loading && !slot.changing ? room(slot) : Optional.empty();
        if (room.isPresent()) {
          out = room.get();
          begin(slot, out);
          break;
        }
        if (!slot.changing && !waiting.contains(ticket)) {
          waiting.add(ticket);
        }
        changed.awaitUninterruptibly();
      }
    } finally {
      waiting.remove(ticket);
      changed.signalAll();
      lock.unlock();
    }
    return load(slot, out);
  }

  /** Wakes waiting requests, which then look whether they were cancelled. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Throws if the pool was closed. */
  void requireOpen() {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the pipeline is closed");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns what must be unloaded before a checkpoint fits; empty if that is still in use. */
  private Optional<List<Slot>> room(Slot wanted) {
    List<Slot> out = new ArrayList<>();
    if (loaded.isEmpty()) {
      return Optional.of(out);
    }
    long need = bytes(wanted);
    long limit = limit(need);
    long together = together();
    List<Slot> idle = new ArrayList<>(loaded.stream().filter(Slot::isIdle).toList());
    idle.sort(Comparator.comparingLong(slot -> slot.lastUse));
    for (Slot slot : idle) {
      if (together + need <= limit) {
        break;
      }
      together -= bytes(slot);
      out.add(slot);
    }
    // A checkpoint that does not even fit alone is tried.
    boolean fits = together + need <= limit || out.size() == loaded.size();
    return fits ? Optional.of(out) : Optional.empty();
  }

  private long limit(long need) {
    if (most.isPresent()) {
      return most.getAsLong();
    }
    long largest = loaded.stream().mapToLong(PipelinePool::bytes).reduce(need, Math::max);
    return available.getAsLong() + together() - RESERVE - largest / 2;
  }

  private long together() {
    return loaded.stream().mapToLong(PipelinePool::bytes).sum();
  }

  /** Estimates the bytes of weights; plain ones take twice the file's estimate in float32. */
  private static long bytes(Slot slot) {
    Pipeline pipeline = slot.pipeline;
    boolean wide =
        pipeline == null
            ? PLAIN.contains(slot.checkpoint.storage())
            : pipeline.precision() == Precision.FLOAT32 && pipeline.storage().equals("float32");
    return (wide ? 2 : 1) * slot.checkpoint.weightBytes();
  }

  private void begin(Slot slot, List<Slot> out) {
    loading = true;
    slot.changing = true;
    out.forEach(one -> one.changing = true);
  }

  private Lease load(Slot slot, List<Slot> out) {
    try {
      out.forEach(this::unload);
      long start = System.nanoTime();
      Pipeline pipeline = opener.apply(slot.checkpoint);
      LOG.info(
          "loaded {}, {}, took {} ms",
          slot.checkpoint.name(),
          Bytes.text((double) bytes(slot)),
          (System.nanoTime() - start) / 1_000_000);
      return keep(slot, pipeline);
    } finally {
      lock.lock();
      try {
        loading = false;
        slot.changing = false;
        out.forEach(one -> one.changing = false);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private Lease keep(Slot slot, Pipeline pipeline) {
    lock.lock();
    try {
      if (!closed) {
        slot.pipeline = pipeline;
        loaded.add(slot);
        loads++;
        return new Lease(slot, pipeline);
      }
    } finally {
      lock.unlock();
    }
    pipeline.close();
    throw new IllegalStateException("the pipeline is closed");
  }

  /** Unloads a checkpoint that is marked as changing. */
  private void unload(Slot slot) {
    Pipeline pipeline;
    lock.lock();
    try {
      pipeline = slot.pipeline;
      slot.pipeline = null;
      loaded.remove(slot);
    } finally {
      lock.unlock();
    }
    if (pipeline != null) {
      pipeline.close();
      LOG.info("unloaded {}", slot.checkpoint.name());
    }
  }

  /** Unloads a checkpoint unless a request uses it or it is not loaded. */
  boolean unloadIdle(Slot slot) {
    lock.lock();
    try {
      if (!slot.isIdle()) {
        return false;
      }
      slot.changing = true;
    } finally {
      lock.unlock();
    }
    try {
      unload(slot);
    } finally {
      lock.lock();
      try {
        slot.changing = false;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
    return true;
  }

  /** Unloads all other checkpoints that no request uses, and returns whether there were any. */
  boolean unloadIdleBut(Slot slot) {
    return loaded().stream().filter(one -> one != slot).filter(this::unloadIdle).count() > 0;
  }

  /** Returns the checkpoints whose weights are in memory. */
  Set<Slot> loaded() {
    lock.lock();
    try {
      return Set.copyOf(loaded);
    } finally {
      lock.unlock();
    }
  }

  Optional<Pipeline> pipeline(Slot slot) {
    lock.lock();
    try {
      return Optional.ofNullable(slot.pipeline);
    } finally {
      lock.unlock();
    }
  }

  /** Returns how often a checkpoint was loaded. */
  long loads() {
    lock.lock();
    try {
      return loads;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the requests that use a pipeline, and frees all weights. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      while (loading) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    loaded().forEach(this::unload);
  }

  /** Returns the format of weights that are not in memory, if requests compute in a precision. */
  static String storage(Checkpoint checkpoint, Precision precision) {
    return PLAIN.contains(checkpoint.storage())
        ? precision.name().toLowerCase(Locale.ROOT)
        : checkpoint.storage();
  }
}
