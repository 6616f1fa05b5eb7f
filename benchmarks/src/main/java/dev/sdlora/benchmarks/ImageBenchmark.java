package dev.sdlora.benchmarks;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.tensors.torch.ScalarType;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Generates images with a checkpoint of any family and reports, for each stage, its duration, the
 * resident memory at its end, and the peak. Peaks are available on Linux only.
 */
public final class ImageBenchmark implements GenerationListener {
  /** The desired peaks in bytes. */
  private static final Map<String, Double> MOST =
      Map.of(
          "FLUX.2 klein, 512², bfloat16, sparing", 10e9,
          "Z-Image, 512², bfloat16, sparing", 15e9);

  private final PrintStream out;
  private final ResidentMemory memory = new ResidentMemory();
  private long start;
  private long peak;

  private ImageBenchmark(PrintStream out) {
    this.out = out;
    begin();
  }

  /**
   * Runs the benchmark: {@code CHECKPOINT [--size PIXELS] [--steps N] [--bits 32|16] [--sparing
   * 0|1] [--pictures N] [--lora RANK]}.
   */
  public static void main(String[] args) throws IOException {
    Arguments arguments =
        Arguments.parse(
            args,
            "ImageBenchmark CHECKPOINT [--size PIXELS] [--steps N] [--bits 32|16]"
                + " [--sparing 0|1] [--pictures N] [--lora RANK]",
            Map.of(
                "--size",
                512,
                "--steps",
                2,
                "--bits",
                32,
                "--sparing",
                0,
                "--pictures",
                1,
                "--lora",
                0));
    FigureTable.print(run(arguments, System.out));
  }

  /**
   * Generates images one after another, with a LoRA of the given rank that it writes, or without.
   *
   * @param arguments the command line
   * @param out receives a report for each stage
   */
  static List<Figure> run(Arguments arguments, PrintStream out) throws IOException {
    ImageBenchmark benchmark = new ImageBenchmark(out);
    Path folder = Files.createTempDirectory("loras");
    Path lora = folder.resolve("random.safetensors");
    try {
      Checkpoint checkpoint = Checkpoint.open(arguments.file());
      int rank = arguments.number("--lora");
      if (rank > 0) {
        WriteLora.write(CheckpointReader.open(checkpoint), rank, 1, lora);
      }
      benchmark.end("open");
      double seconds = 0;
      try (Pipeline pipeline =
          Pipeline.builder()
              .checkpoint(checkpoint)
              .precision(
                  arguments.type() == ScalarType.BFLOAT16 ? Precision.BFLOAT16 : Precision.FLOAT32)
              .memoryPolicy(arguments.isOn("--sparing") ? MemoryPolicy.SPARING : MemoryPolicy.KEEP)
              .loraDirectory(folder)
              .build()) {
        benchmark.end("load");
        for (int i = 0; i < arguments.number("--pictures"); i++) {
          // Every second image is without the LoRA, which is then removed.
          boolean with = rank > 0 && i % 2 == 0;
          long begun = System.nanoTime();
          pipeline.generate(
              checkpoint.defaults().toBuilder()
                  .prompt("a picture" + (with ? "<lora:random:0.8>" : ""))
                  .size(new ImageSize(arguments.number("--size"), arguments.number("--size")))
                  .steps(arguments.number("--steps"))
                  .sampler(Sampler.EULER)
                  .seed(1)
                  .build(),
              benchmark);
          seconds = i == 0 ? (System.nanoTime() - begun) / 1e9 : seconds;
        }
        benchmark.end("after");
      }
      benchmark.end("close");
      return benchmark.figures(arguments, checkpoint, seconds);
    } finally {
      Files.deleteIfExists(lora);
      Files.delete(folder);
    }
  }

  /** Returns the time of the first image, and the peak as a multiple of the size of all weights. */
  private List<Figure> figures(Arguments arguments, Checkpoint checkpoint, double seconds) {
    ModelFiles files = CheckpointReader.open(checkpoint);
    double weights =
        (double) arguments.type().bytes()
            * Stream.concat(files.patchable().values().stream(), Stream.of(files.vae().weights()))
                .flatMap(part -> part.values().stream())
                .mapToLong(origin -> origin.entry().elements())
                .sum();
    String what =
        "%s, %s², %s, %s"
            .formatted(
                ModelConfig.title(files),
                arguments.number("--size"),
                Arguments.name(arguments.type()),
                arguments.isOn("--sparing") ? "sparing" : "kept");
    Figure memory =
        Figure.multiple(
            "memory, " + what + ": peak",
            Figure.megabytes((double) peak),
            "all weights, " + Figure.megabytes(weights),
            peak / weights);
    Double most = MOST.get(what);
    return List.of(
        Figure.ceiling(
            "image, %s, %s steps".formatted(what, arguments.number("--steps")),
            Figure.seconds(seconds)),
        most == null ? memory : memory.aim(most / weights));
  }

  private void begin() {
    memory.forgetPeak();
    start = System.nanoTime();
  }

  private void end(String stage) {
    peak = Math.max(peak, memory.peak());
    out.printf(
        Locale.ROOT,
        "%-12s %8.2f s   resident %6.0f MB   peak %6.0f MB%n",
        stage,
        (System.nanoTime() - start) / 1e9,
        memory.now() / 1e6,
        memory.peak() / 1e6);
    begin();
  }

  @Override
  public void lorasStart() {
    begin();
  }

  @Override
  public void lorasEnd() {
    end("LoRAs");
  }

  @Override
  public void conditioningEnd() {
    end("prompts");
  }

  @Override
  public void stepEnd(GenerationListener.Step step, Supplier<Image> preview) {
    end("step");
  }

  @Override
  public void decodeEnd(int index) {
    end("decode");
  }
}
