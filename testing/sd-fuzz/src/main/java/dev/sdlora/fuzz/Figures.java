package dev.sdlora.fuzz;

import java.util.Locale;

/**
 * The result of a run of a target.
 *
 * @param target the target's name
 * @param executions the number of inputs read
 * @param accepted the number of inputs that were not rejected
 * @param seconds wall time
 * @param processorSeconds processor time of the thread that read the inputs, including their
 *     selection; much less than the wall time on a shared machine
 * @param slowestMillis the maximum processor time for an input
 * @param mostMegabytes the maximum allocation for an input, most of it garbage immediately
 * @param peakMegabytes the largest heap, including garbage and the fuzzer's own memory
 */
record Figures(
    String target,
    long executions,
    long accepted,
    double seconds,
    double processorSeconds,
    double slowestMillis,
    double mostMegabytes,
    double peakMegabytes) {

  /** The columns of {@link #row()}. */
  static final String HEADER =
      """
      | target | executions | accepted | seconds | of the processor | per second of it | slowest ms | most allocated MB | peak heap MB |
      |---|---|---|---|---|---|---|---|---|
      """;

  /** Returns a row of a Markdown table. */
  String row() {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %.0f | %.0f | %.0f | %.0f | %.1f | %.0f |%n",
        target,
        executions,
        accepted,
        seconds,
        processorSeconds,
        executions / Math.max(processorSeconds, 1e-9),
        slowestMillis,
        mostMegabytes,
        peakMegabytes);
  }
}
