package dev.sdlora.pipeline.lora;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.lora.LoraMode;
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
 * Lets requests to the weights of a pipeline. Those that want the weights patched in the same way
 * use them together; another one waits until they are free, and those behind it wait for it, so
 * that nobody waits for ever. Weights are only changed while one request has them for itself.
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
   * A gate to weights that are as they were loaded.
   *
   * @param apply makes the weights what a plan says; called by one thread at a time
   * @param restore takes everything off the weights, likewise
   */
  public WeightGate(Consumer<PatchPlan> apply, Runnable restore) {
    this.apply = apply;
    this.restore = restore;
  }

  /**
   * The weights that a request needs.
   *
   * @param plan what is patched into them
   * @param changes whether it will ask for other plans on the way, and so cannot share them
   */
  public record LeaseTerms(PatchPlan plan, boolean changes) {}

  /**
   * The weights that a request needs, depending on how its LoRAs are applied.
   *
   * @param mode how it wants them
   * @param patched what it needs when all are patched
   * @param overlaid what it needs when those that can be overlaid are
   */
  public record LeaseRequest(LoraMode mode, LeaseTerms patched, LeaseTerms overlaid) {}

  /** A request that waits. Compared by identity. */
  private static final class Ticket {
    private final LeaseRequest request;

    Ticket(LeaseRequest request) {
      this.request = request;
    }
  }

  /**
   * Waits for the weights and makes them what a request needs. The caller closes what it gets.
   *
   * @param cancelled looked at after every {@link #wake()}
   * @throws GenerationCancelledException if it was cancelled while it waited
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

  /** Whether the next request has its LoRAs overlaid. */
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

  /** How many requests wait. */
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
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

  /** Refuses requests that wait and those to come. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The right to use the weights until it is closed. Used by one thread. */
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

    /** Whether LoRAs are overlaid where they can be, rather than patched into the weights. */
    public boolean overlays() {
      return overlays;
    }

    /** How long it took to get the weights, without the time to patch them. */
    public long waitedNanos() {
      return waitedNanos;
    }

    /** Makes the weights something else; for requests that have them to themselves. */
    public void change(PatchPlan plan) {
      apply.accept(plan);
      lock.lock();
      try {
        held = plan;
        changing = false;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /** The request has succeeded: its patches stay for the next one. */
    public void keep() {
      kept = true;
    }

    /**
     * Gives the weights back. When a request failed, they are restored as soon as nobody uses them.
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
        // The weights count as unknown from here, and the next request restores them or fails.
        LOG.warn("weights could not be restored", e);
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
