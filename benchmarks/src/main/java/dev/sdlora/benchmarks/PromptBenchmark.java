package dev.sdlora.benchmarks;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.schedule.PromptSchedule;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.prompt.tokens.TokenChunk;
import dev.sdlora.prompt.tree.PromptReader;
import dev.sdlora.prompt.tree.ReadPrompt;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the work for a prompt of about a hundred tokens before the text encoder: parsing all
 * syntax, scheduling it over the steps, and tokenizing.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class PromptBenchmark {
  private static final int STEPS = 20;

  private final String prompt =
      "(masterpiece:1.2), a [lighthouse|windmill] at [dawn:dusk:0.5] <lora:ink:0.8@0.2>, "
          + "waves breaking on [[dark]] rocks, ((sea spray)), distant ships \\(three\\), ".repeat(4)
          + "BREAK oil on canvas, visible brushwork AND warm light :0.7";

  private final PromptReader reader = new PromptReader(PromptOptions.DEFAULTS, name -> true);
  private final ClipTokenizer tokenizer = ClipTokenizer.standard();

  /** Parses comments, tags, brackets and weights to a tree. */
  @Benchmark
  public ReadPrompt read() {
    return reader.prompt(prompt);
  }

  /** Returns the texts of each side of AND over the steps. */
  @Benchmark
  public List<PromptSchedule.Weighted> schedule() {
    return PromptSchedule.ofParts(prompt, PromptSteps.first(STEPS), PromptLimits.DEFAULTS);
  }

  /** Tokenizes the whole text by byte pairs. */
  @Benchmark
  public int[] tokenize() {
    return tokenizer.encode(prompt);
  }

  /** Splits the text into weighted pieces and chunks of 75 tokens. */
  @Benchmark
  public List<TokenChunk> chunks() {
    return Chunks.of(Attention.parse(prompt), tokenizer);
  }
}
