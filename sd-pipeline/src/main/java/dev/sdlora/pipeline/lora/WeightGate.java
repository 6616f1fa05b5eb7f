package dev.sdlora.pipeline.lora;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.value.Tally;
import dev.sdlora.lora.plan.PatchPlan;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Controls access to the weights of a pipeline. Requests that need the same patches share the
 * weights. A request that needs others waits until the weights are free, and later requests queue
 * behind it, so that none starves. Weights are changed only while a single request holds them.
 *
 * <p>Safe for use by several threads.
 */
public final class WeightGate {
  private static final Logger LOG = LoggerFactory.getLogger(WeightGate.class);

  private final Consumer<PatchPlan> apply;
  private final Runnable restore;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Ticket> waiting = new ArrayDeque<>();
  private PatchPlan held = PatchPlan.NONE;
  private int users;
  private boolean exclusive;
  private boolean changing;
  private boolean failed;
  private boolean closed;

  /**
   * Creates a gate to weights as they were loaded.
   *
   * @param apply applies a plan to the weights; called by one thread at a time
   * @param restore removes all changes from the weights; called by one thread at a time
   */
  public WeightGate(Consumer<PatchPlan> apply, Runnable restore) {
    this.apply = apply;
    this.restore = restore;
  }

  /**
   * The weights that a request needs.
   *
   * @param plan the patches
   * @param changes whether the request changes the patches while it runs and therefore needs
   *     exclusive access
   */
  public record LeaseTerms(PatchPlan plan, boolean changes) {}

  /**
   * The weights that a request needs for each way of applying its LoRAs.
   *
   * @param mode the requested mode
   * @param patched the weights needed if all LoRAs are patched
   * @param overlaid the weights needed if LoRAs are overlaid where possible
   */
  public record LeaseRequest(LoraMode mode, LeaseTerms patched, LeaseTerms overlaid) {}

  /** A waiting request. Compared by identity. */
  private static final class Ticket {
    private final LeaseRequest request;

    Ticket(LeaseRequest request) {
      this.request = request;
    }
  }

  /**
   * Waits for the weights and patches them as a request needs. The caller closes the returned
   * lease.
   *
   * @param cancelled checked after every {@link #wake()}
   * @throws GenerationCancelledException if the request was cancelled while it waited
   * @throws IllegalStateException if the gate was closed meanwhile
   */
  public Lease enter(LeaseRequest request, BooleanSupplier cancelled) {
    long start = System.nanoTime();
    Ticket ticket = new Ticket(request);
    Lease lease;
    lock.lock();
    try {
      waiting.add(ticket);
      try {
        while (!mayEnter(ticket)) {
          refuse(cancelled);
          changed.awaitUninterruptibly();
        }
        refuse(cancelled);
        lease = new Lease(overlays(ticket), users == 0, System.nanoTime() - start);
        take(lease.overlays ? request.overlaid : request.patched);
      } finally {
        waiting.remove(ticket);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    lease.begin(lease.overlays ? request.overlaid.plan : request.patched.plan);
    return lease;
  }

  private void refuse(BooleanSupplier cancelled) {
    if (closed) {
      throw new IllegalStateException("the pipeline is closed");
    }
    if (cancelled.getAsBoolean()) {
      throw new GenerationCancelledException("the generation was cancelled");
    }
  }

  private boolean mayEnter(Ticket ticket) {
    if (waiting.peek() != ticket || changing || exclusive) {
      return false;
    }
    LeaseTerms terms = overlays(ticket) ? ticket.request.overlaid : ticket.request.patched;
    return users == 0 || (!terms.changes && terms.plan.equals(held));
  }

  /** Whether LoRAs of the next request are overlaid. */
  private boolean overlays(Ticket ticket) {
    LeaseRequest request = ticket.request;
    return switch (request.mode) {
      case PATCHED -> false;
      case OVERLAY -> true;
      case AUTO ->
          (users > 0 && !request.patched.plan.equals(held))
              || waiting.stream()
                  .anyMatch(t -> !t.request.patched.plan.equals(request.patched.plan));
    };
  }

  private void take(LeaseTerms terms) {
    changing = users == 0;
    exclusive = terms.changes;
    users++;
  }

  /** Whether the weights are patched as in a plan, or are about to be. */
  public boolean holds(PatchPlan plan) {
    lock.lock();
    try {
      return plan.equals(held);
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of waiting requests. */
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Makes waiting requests check whether they were cancelled. */
  public void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Rejects all waiting and future requests. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A right to use the weights until it is closed. Used by one thread. */
  public final class Lease implements AutoCloseable {
    private final boolean overlays;
    private final boolean first;
    private final long waitedNanos;
    private boolean kept;

    private Lease(boolean overlays, boolean first, long waitedNanos) {
      this.overlays = overlays;
      this.first = first;
      this.waitedNanos = waitedNanos;
    }

    private void begin(PatchPlan plan) {
      try {
        if (first) {
          change(plan);
        }
      } catch (RuntimeException | Error e) {
        close();
        throw e;
      }
    }

    /** Whether LoRAs are overlaid where possible instead of patched into the weights. */
    public boolean overlays() {
      return overlays;
    }

    /** Returns the time spent waiting for the weights, without the time to patch them. */
    public long waitedNanos() {
      return waitedNanos;
    }

    /** Changes the patches. Requires exclusive access. */
    public void change(PatchPlan plan) {
      long start = System.nanoTime();
      apply.accept(plan);
      lock.lock();
      try {
        if (!plan.equals(held)) {
          Tally.WEIGHT_SWITCHES.count();
          Tally.WEIGHT_SWITCH_NANOS.add(System.nanoTime() - start);
        }
        held = plan;
        changing = false;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /** Marks the request as successful: its patches stay for the next one. */
    public void keep() {
      kept = true;
    }

    /**
     * Releases the weights. After a failed request, they are restored as soon as they are not in
     * use.
     */
    @Override
    public void close() {
      boolean restores;
      lock.lock();
      try {
        failed |= !kept;
        restores = failed && users == 1;
        if (restores) {
          changing = true;
        } else {
          leave();
        }
      } finally {
        lock.unlock();
      }
      if (restores) {
        restoreAndLeave();
      }
    }

    private void restoreAndLeave() {
      try {
        restore.run();
      } catch (RuntimeException e) {
        // The state of the weights is now unknown; the next request restores them or fails.
        LOG.warn("cannot restore the weights", e);
      } finally {
        lock.lock();
        try {
          held = PatchPlan.NONE;
          failed = false;
          leave();
        } finally {
          lock.unlock();
        }
      }
    }

    private void leave() {
      users--;
      exclusive = false;
      changing = false;
      changed.signalAll();
    }
  }
}
