package dev.sdlora.families.memory;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.value.Bytes;
import dev.sdlora.api.value.Tally;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Reserves memory for requests before they start. A request that would fit alone waits until others
 * are done; one that would not is rejected. Thread-safe.
 *
 * <p>Running requests have already allocated an unknown part of their memory. Therefore their needs
 * are compared with the memory that was available when no request was running; a new request must
 * also fit into what is available now, which other programs may have reduced.
 */
public final class MemoryBudget {
  /**
   * Bytes that the first request of any model allocates in addition to its tensors and that later
   * ones reuse: code of libtorch (11 MB), kernels compiled by oneDNN and the JVM (6 to 14 MB), and
   * memory kept by threads and the program.
   */
  private static final double FIRST = 20e6;

  /**
   * Bytes that stay free, because the peaks of the same request differ between processes: threads
   * get the C library's arenas in different orders. Four processes in a control group of 400 MB
   * peaked at 336 to 381 MB, and one was killed at 417 MB. Independent of the number of requests.
   */
  static final double MARGIN = 48e6;

  private final OptionalLong most;
  private final LongSupplier available;
  private final Runnable reclaim;
  private final LongSupplier freed;
  private final double heap;
  private final double first;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private MemoryNeed taken = MemoryNeed.NONE;
  private double leftWhenEmpty;
  private int shares;
  private int waiting;
  private boolean closed;
  private volatile boolean begun;

  /**
   * Creates a budget without reservations.
   *
   * @param most maximum bytes of all requests, not counting one-time setup; empty for the available
   *     memory
   * @param available returns the bytes that the machine has available now
   * @param reclaim returns freed memory of this process to the system; called before a request is
   *     rejected
   * @param freed returns the bytes that this process has freed but not returned, which are not
   *     available to other programs but to the next request
   * @param heap the maximum size of Java's heap in bytes
   * @param largestWeight bytes of the largest weight of the denoiser
   */
  public MemoryBudget(
      OptionalLong most,
      LongSupplier available,
      Runnable reclaim,
      LongSupplier freed,
      long heap,
      long largestWeight) {
    this.most = most;
    this.available = available;
    this.reclaim = reclaim;
    this.freed = freed;
    this.heap = heap;
    this.first = FIRST + largestWeight;
  }

  /**
   * Runs work as soon as its memory is available, waiting for other requests if necessary.
   *
   * @param need the memory to reserve
   * @param what the request, for messages: {@code in a request for …}
   * @param cancelled checked after every {@link #wake()}
   * @param work the work to run
   * @throws ResourceException if the memory would not suffice for this request alone
   * @throws GenerationCancelledException if the request was cancelled while it waited
   * @throws IllegalStateException if the budget was closed while it waited
   */
  public <T> T within(MemoryNeed need, String what, BooleanSupplier cancelled, Supplier<T> work) {
    MemoryNeed reserved = take(need, what, cancelled);
    try {
      T result = work.get();
      begun = true;
      return result;
    } finally {
      giveBack(reserved);
    }
  }

  /**
   * Checks whether there is memory for a request; does not wait for others and reserves nothing.
   *
   * @param what the request, for messages
   * @throws ResourceException if it does not fit although no other request runs
   */
  public void require(MemoryNeed need, String what) {
    lock.lock();
    try {
      if (shares == 0 && room(need).isEmpty()) {
        throw refused(need, what);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns what was reserved. */
  private MemoryNeed take(MemoryNeed need, String what, BooleanSupplier cancelled) {
    lock.lock();
    try {
      Optional<MemoryNeed> room = room(need);
      while (room.isEmpty()) {
        if (shares == 0) {
          throw refused(need, what);
        }
        waiting++;
        changed.awaitUninterruptibly();
        waiting--;
        if (closed) {
          throw new IllegalStateException("the pipeline is closed");
        }
        if (cancelled.getAsBoolean()) {
          throw new GenerationCancelledException("the generation was cancelled");
        }
        room = room(need);
      }
      MemoryNeed reserved = room.get();
      shares++;
      taken = taken.and(reserved);
      Tally.RESERVED_BYTES.add((long) reserved.bytes());
      return reserved;
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(MemoryNeed need) {
    lock.lock();
    try {
      shares--;
      Tally.RESERVED_BYTES.add(-(long) need.bytes());
      // Sums of fractions do not return to exactly 0.
      taken = shares == 0 ? MemoryNeed.NONE : taken.without(need);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The number of waiting requests. */
  int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /** Returns what to reserve for a request; empty if there is no room for it. */
  private Optional<MemoryNeed> room(MemoryNeed need) {
    MemoryNeed all = taken.and(need);
    if (all.heapBytes() > heap) {
      return Optional.empty();
    }
    if (most.isPresent()) {
      return Optional.of(need).filter(own -> all.bytes() <= most.getAsLong());
    }
    if (shares > 0) {
      // The first of several requests has what was freed before.
      return Optional.of(need)
          .filter(
              own ->
                  all.bytes() + more() <= leftWhenEmpty
                      && own.bytes() + MARGIN <= available.getAsLong());
    }
    return beyondFreed(need)
        .or(
            () -> {
              reclaim.run();
              return beyondFreed(need);
            });
  }

  private Optional<MemoryNeed> beyondFreed(MemoryNeed need) {
    leftWhenEmpty = available.getAsLong();
    return Optional.of(need.beyond((double) freed.getAsLong()))
        .filter(own -> own.bytes() + more() <= leftWhenEmpty);
  }

  /**
   * Returns the bytes that the first request allocates in addition to its estimate. What a model
   * adds to them was measured: the peaks of models from 1 million to 1 billion weights, in both
   * precisions, are higher by about the size of the denoiser's largest weight.
   */
  public double first() {
    return first;
  }

  /** Bytes required in addition to the needs of requests. */
  private double more() {
    if (most.isPresent()) {
      return 0;
    }
    return begun ? MARGIN : first + MARGIN;
  }

  private ResourceException refused(MemoryNeed need, String what) {
    double bytes = need.bytes() + more();
    double limit = most.isPresent() ? most.getAsLong() : leftWhenEmpty;
    String sentence =
        need.heapBytes() > heap
            ? "about %s of Java's heap would be needed %s, but it has at most %s (-Xmx)"
                .formatted(Bytes.text(need.heapBytes()), what, Bytes.text(heap))
            : "about %s of memory would be needed %s, but %s %s"
                .formatted(
                    Bytes.text(bytes),
                    what,
                    most.isPresent() ? "the pipeline's limit is" : "the available memory is",
                    Bytes.text(limit));
    return need.heapBytes() > heap
        ? new ResourceException(Resource.MEMORY, sentence, (long) need.heapBytes(), (long) heap)
        : new ResourceException(Resource.MEMORY, sentence, (long) bytes, (long) limit);
  }

  /** Wakes waiting requests, which then check whether they were cancelled. */
  public void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Rejects waiting requests. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
