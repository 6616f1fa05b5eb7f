package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The small benchmarks, each method once for each of its parameters, in this process. */
class JmhBenchmarksTest {
  @Test
  void benchmarks_once_run() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("\\.(Prompt|Sampler|Noise|Png)Benchmark\\.")
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .mode(Mode.SingleShotTime)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    assertThat(results)
        .extracting(result -> result.getParams().getBenchmark().replaceFirst(".*\\.(?=.*\\.)", ""))
        .contains(
            "PromptBenchmark.read",
            "PromptBenchmark.schedule",
            "PromptBenchmark.tokenize",
            "PromptBenchmark.chunks",
            "SamplerBenchmark.step",
            "NoiseBenchmark.first",
            "NoiseBenchmark.variation",
            "PngBenchmark.encode");
  }
}
