package dev.sdlora.fuzz;

import java.util.Locale;

/**
 * What a run of a target came to.
 *
 * @param target its name
 * @param executions how many inputs were read
 * @param accepted how many of them were not refused
 * @param seconds wall time
 * @param processorSeconds what the thread that read them had of the processor, choosing inputs
 *     included; on a machine that is shared it is much less than the wall time
 * @param slowestMillis the most processor time that one input took
 * @param mostMegabytes the most that one input allocated, most of it garbage at once
 * @param peakMegabytes the largest heap, garbage and the fuzzer's own memory included
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

  /** A line of a table in Markdown. */
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
