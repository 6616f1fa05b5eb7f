package dev.sdlora.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;

/**
 * Feeds inputs to a target, says what is wrong with what it does, and keeps figures. Heap is
 * bounded by the {@code -Xmx} of the process. Not safe for use by several threads.
 */
final class Trial {
  /** The longest that one input may take, in processor time, since machines are shared. */
  private static final long MOST_NANOS = 2_000_000_000L;

  /** The longest message of an exception, in characters: one sentence and what it quotes. */
  private static final int LONGEST_MESSAGE = 10_000;

  private final Target target;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final long started = System.nanoTime();
  private long executions;
  private long accepted;
  private long slowestNanos;
  private long mostBytes;

  Trial(Target target) {
    this.target = target;
  }

  /**
   * Feeds one input. One that seems to take more than all before it is fed once more, and that
   * counts: the first time, classes are loaded.
   *
   * @throws AssertionError if the target throws an exception that is not documented, writes a book
   *     into its message, or takes too long
   */
  void run(byte[] input) {
    executions++;
    Cost cost = feed(input);
    if (cost.nanos > slowestNanos || cost.bytes > mostBytes) {
      cost = feed(input);
      slowestNanos = Math.max(slowestNanos, cost.nanos);
      mostBytes = Math.max(mostBytes, cost.bytes);
    }
    accepted += cost.accepted ? 1 : 0;
    if (cost.nanos > MOST_NANOS) {
      throw new AssertionError("took " + cost.nanos / 1_000_000 + " ms of processor time");
    }
  }

  /** What an input took of the processor and of the heap. */
  private record Cost(boolean accepted, long nanos, long bytes) {}

  private Cost feed(byte[] input) {
    final long nanos = threads.getCurrentThreadCpuTime();
    final long bytes = threads.getCurrentThreadAllocatedBytes();
    boolean accepted = true;
    try {
      target.reading().read(input);
    } catch (Exception e) {
      accepted = false;
      check(e);
    } catch (OutOfMemoryError | StackOverflowError e) {
      throw new AssertionError("too much: " + e, e);
    }
    return new Cost(
        accepted,
        threads.getCurrentThreadCpuTime() - nanos,
        threads.getCurrentThreadAllocatedBytes() - bytes);
  }

  private void check(Exception e) {
    if (!target.refusals().contains(e.getClass())) {
      throw new AssertionError("not documented: " + e, e);
    }
    String message = e.getMessage();
    if (message == null || message.isBlank()) {
      throw new AssertionError("says nothing", e);
    }
    if (message.length() > LONGEST_MESSAGE) {
      throw new AssertionError("has a message of " + message.length() + " characters", e);
    }
  }

  /** What was seen so far. */
  Figures figures() {
    long peak =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
            .sum();
    return new Figures(
        target.name(),
        executions,
        accepted,
        (System.nanoTime() - started) / 1e9,
        slowestNanos / 1e6,
        mostBytes / 1048576.0,
        peak / 1048576.0);
  }
}
