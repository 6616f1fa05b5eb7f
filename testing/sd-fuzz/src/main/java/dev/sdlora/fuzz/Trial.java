package dev.sdlora.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;

/**
 * Feeds inputs to a target, throws if it misbehaves, and records figures. Heap is limited by the
 * {@code -Xmx} of the process. Not thread-safe.
 */
final class Trial {
  /** Maximum time for an input; processor time, because machines are shared. */
  private static final long MOST_NANOS = 2_000_000_000L;

  /** Maximum length of an exception message, in characters: one sentence and what it quotes. */
  private static final int LONGEST_MESSAGE = 10_000;

  private final Target target;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final long started = System.nanoTime();
  private final long thread = Thread.currentThread().getId();
  private final long startedNanos = threads.getThreadCpuTime(thread);
  private long executions;
  private long accepted;
  private long slowestNanos;
  private long mostBytes;

  Trial(Target target) {
    this.target = target;
  }

  /**
   * Feeds one input. An input that seems slower than all before it is fed again, and only the
   * second time counts, because classes are loaded the first time.
   *
   * @param input the input
   * @throws AssertionError if the target throws an undocumented exception, has a message that is
   *     too long, or takes too long
   */
  void run(byte[] input) {
    executions++;
    final long bytes = threads.getCurrentThreadAllocatedBytes();
    final long nanos = System.nanoTime();
    accepted += feed(input) ? 1 : 0;
    // Reading the processor time is a system call, so it is done only the second time.
    if (System.nanoTime() - nanos > slowestNanos
        || threads.getCurrentThreadAllocatedBytes() - bytes > mostBytes) {
      measure(input);
    }
  }

  private void measure(byte[] input) {
    final long bytes = threads.getCurrentThreadAllocatedBytes();
    final long nanos = threads.getCurrentThreadCpuTime();
    feed(input);
    final long took = threads.getCurrentThreadCpuTime() - nanos;
    mostBytes = Math.max(mostBytes, threads.getCurrentThreadAllocatedBytes() - bytes);
    slowestNanos = Math.max(slowestNanos, took);
    if (took > MOST_NANOS) {
      throw new AssertionError("took " + took / 1_000_000 + " ms of processor time");
    }
  }

  /** Whether the target accepts the input. */
  private boolean feed(byte[] input) {
    try {
      target.reading().read(input);
      return true;
    } catch (Exception e) {
      check(e);
      return false;
    } catch (OutOfMemoryError | StackOverflowError e) {
      throw new AssertionError("too much: " + e, e);
    }
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

  /** Returns the figures so far. */
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
        (threads.getThreadCpuTime(thread) - startedNanos) / 1e9,
        slowestNanos / 1e6,
        mostBytes / 1048576.0,
        peak / 1048576.0);
  }
}
