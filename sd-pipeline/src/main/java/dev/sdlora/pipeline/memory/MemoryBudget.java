package dev.sdlora.pipeline.memory;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.value.Bytes;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Hands out memory to requests before they take it. A request that would fit alone waits until
 * others are done; one that would not is refused. Safe for use by several threads.
 *
 * <p>Running requests hold some of their memory already, and nobody knows how much. So their needs
 * are compared with what was left when none was running; a new request must also fit in what is
 * left now, which other programs may have reduced.
 */
public final class MemoryBudget {
  /**
   * Bytes that the first request takes in addition to its tensors and later ones find resident:
   * code of libtorch (11 MB), kernels that oneDNN and the JVM compile (6 to 14 MB), what threads
   * and the program keep (37 MB), and some of the heap. The bundled model and SD 1.5 in full size
   * take about the same.
   */
  static final double FIRST = 64e6;

  /**
   * Bytes by which the peaks of the same request differ from process to process, because threads
   * get arenas of the C library in another order: four processes in a control group of 400 MB came
   * to 336 to 381 MB, and one was killed at 417 MB. Left free once, whatever the number of
   * requests.
   */
  static final double MARGIN = 48e6;

  private final OptionalLong most;
  private final LongSupplier available;
  private final Runnable reclaim;
  private final double heap;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private MemoryNeed taken = MemoryNeed.NONE;
  private double leftWhenEmpty;
  private int shares;
  private int waiting;
  private boolean closed;
  private volatile boolean begun;

  /**
   * A budget of which nothing is taken.
   *
   * @param most bytes of all requests together, not counting what the first one sets up; empty for
   *     what is available
   * @param available the bytes that the machine has left now
   * @param reclaim returns freed memory of this process to the system, so that it becomes
   *     available; called before a request is refused
   * @param heap the most bytes that Java's heap can have
   */
  public MemoryBudget(OptionalLong most, LongSupplier available, Runnable reclaim, long heap) {
    this.most = most;
    this.available = available;
    this.reclaim = reclaim;
    this.heap = heap;
  }

  /**
   * Does work once there is memory for it, after others have given theirs back if need be.
   *
   * @param what the request, for messages: {@code in a request for …}
   * @param cancelled looked at after every {@link #wake()}
   * @throws ResourceException if there would not be enough for this request alone
   * @throws GenerationCancelledException if it was cancelled while it waited
   * @throws IllegalStateException if the budget was closed meanwhile
   */
  public <T> T within(MemoryNeed need, String what, BooleanSupplier cancelled, Supplier<T> work) {
    take(need, what, cancelled);
    try {
      T result = work.get();
      begun = true;
      return result;
    } finally {
      giveBack(need);
    }
  }

  private void take(MemoryNeed need, String what, BooleanSupplier cancelled) {
    lock.lock();
    try {
      while (!fits(need)) {
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
      }
      shares++;
      taken = taken.and(need);
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(MemoryNeed need) {
    lock.lock();
    try {
      shares--;
      // Sums of fractions do not come back to exactly nothing by themselves.
      taken = shares == 0 ? MemoryNeed.NONE : taken.without(need);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many requests wait. */
  int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(MemoryNeed need) {
    MemoryNeed all = taken.and(need);
    if (all.heapBytes() > heap) {
      return false;
    }
    if (most.isPresent()) {
      return all.bytes() <= most.getAsLong();
    }
    if (shares > 0) {
      return all.bytes() + more() <= leftWhenEmpty
          && need.bytes() + MARGIN <= available.getAsLong();
    }
    leftWhenEmpty = available.getAsLong();
    if (need.bytes() + more() > leftWhenEmpty) {
      reclaim.run();
      leftWhenEmpty = available.getAsLong();
    }
    return need.bytes() + more() <= leftWhenEmpty;
  }

  /** Bytes in addition to the needs of requests. */
  private double more() {
    if (most.isPresent()) {
      return 0;
    }
    return begun ? MARGIN : FIRST + MARGIN;
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
                    most.isPresent() ? "the most for this pipeline is" : "what is left is",
                    Bytes.text(limit));
    return need.heapBytes() > heap
        ? new ResourceException(Resource.MEMORY, sentence, (long) need.heapBytes(), (long) heap)
        : new ResourceException(Resource.MEMORY, sentence, (long) bytes, (long) limit);
  }

  /** Makes requests that wait look whether they were cancelled. */
  public void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Refuses requests that wait. */
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
