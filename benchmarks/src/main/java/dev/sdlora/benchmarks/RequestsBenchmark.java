package dev.sdlora.benchmarks;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.tensors.torch.ScalarType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Measures throughput, latency and memory of a pipeline that generates several images at once, each
 * with its own LoRA. Four requests are sent to pipelines that process one, two and four at a time;
 * callers request the next image when they have received theirs.
 */
public final class RequestsBenchmark {
  private static final int REQUESTS = 4;

  private final Arguments arguments;
  private final Path folder;
  private final ResidentMemory memory = new ResidentMemory();

  private RequestsBenchmark(Arguments arguments, Path folder) {
    this.arguments = arguments;
    this.folder = folder;
  }

  /**
   * Runs the benchmark: {@code CHECKPOINT [--size PIXELS] [--steps N] [--bits 32|16] [--rank N]
   * [--rounds N]}.
   */
  public static void main(String[] args) throws IOException {
    Arguments arguments =
        Arguments.parse(
            args,
            "RequestsBenchmark CHECKPOINT [--size PIXELS] [--steps N] [--bits 32|16] [--rank N]"
                + " [--rounds N]",
            Map.of("--size", 256, "--steps", 4, "--bits", 16, "--rank", 16, "--rounds", 1));
    FigureTable.print(run(arguments));
  }

  /** Measures with four LoRAs written for the checkpoint. */
  static List<Figure> run(Arguments arguments) throws IOException {
    Path folder = Files.createTempDirectory("loras");
    try {
      ModelConfig config = ModelConfig.of(CheckpointReader.read(arguments.file()));
      for (int i = 0; i < REQUESTS; i++) {
        WriteLora.write(config, arguments.number("--rank"), i, lora(folder, i));
      }
      String what =
          "requests, %s, %s², %s steps, %s, "
              .formatted(
                  config.title(),
                  arguments.number("--size"),
                  arguments.number("--steps"),
                  Arguments.name(arguments.type()));
      return new RequestsBenchmark(arguments, folder).measure(what);
    } finally {
      for (int i = 0; i < REQUESTS; i++) {
        Files.deleteIfExists(lora(folder, i));
      }
      Files.delete(folder);
    }
  }

  private static Path lora(Path folder, int number) {
    return folder.resolve("random" + number + ".safetensors");
  }

  private List<Figure> measure(String what) {
    Wave one = wave(1);
    List<Figure> figures = new ArrayList<>();
    for (int many : List.of(2, 4)) {
      Wave wave = wave(many);
      String name = what + many + " at once: ";
      figures.add(
          Figure.share(
                  name + "throughput",
                  Figure.seconds(wave.seconds / REQUESTS) + " a picture",
                  "one at a time, " + Figure.seconds(one.seconds / REQUESTS) + " a picture",
                  one.seconds / wave.seconds)
              .aim(1));
      figures.add(
          Figure.multiple(
              name + "latency of the second",
              Figure.seconds(wave.second),
              "one alone, " + Figure.seconds(one.first),
              wave.second / one.first));
      figures.add(
          Figure.multiple(
              name + "peak of memory",
              Figure.megabytes((double) wave.peak),
              "one at a time, " + Figure.megabytes((double) one.peak),
              (double) wave.peak / one.peak));
    }
    return figures;
  }

  /** Generates all images with a new pipeline, after a warm-up; returns the best round. */
  private Wave wave(int atOnce) {
    ExecutorService callers = Executors.newFixedThreadPool(atOnce);
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(arguments.file()))
            .precision(
                arguments.type() == ScalarType.BFLOAT16 ? Precision.BFLOAT16 : Precision.FLOAT32)
            .loraDirectory(folder)
            .concurrency(atOnce)
            .build()) {
      draw(pipeline, REQUESTS - 1);
      memory.forgetPeak();
      Wave best = wave(pipeline, callers);
      for (int i = 1; i < arguments.number("--rounds"); i++) {
        Wave next = wave(pipeline, callers);
        best = next.seconds < best.seconds ? next : best;
      }
      return best;
    } finally {
      callers.shutdown();
    }
  }

  private Wave wave(Pipeline pipeline, ExecutorService callers) {
    long start = System.nanoTime();
    List<CompletableFuture<Double>> ends = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      int number = i;
      ends.add(
          CompletableFuture.supplyAsync(
              () -> {
                draw(pipeline, number);
                return (System.nanoTime() - start) / 1e9;
              },
              callers));
    }
    List<Double> sorted = ends.stream().map(CompletableFuture::join).sorted().toList();
    return new Wave(sorted.get(REQUESTS - 1), sorted.get(0), sorted.get(1), memory.peak());
  }

  private void draw(Pipeline pipeline, int number) {
    pipeline.generate(
        PromptSpec.builder()
            .prompt("a picture<lora:random" + number + ":0.8>")
            .size(new ImageSize(arguments.number("--size"), arguments.number("--size")))
            .steps(arguments.number("--steps"))
            .sampler(Sampler.EULER)
            .seed(number)
            .build());
  }

  /**
   * The times for four images.
   *
   * @param seconds until all were finished
   * @param first until the first was finished
   * @param second until the second was finished
   * @param peak the peak of the process's memory, in bytes
   */
  private record Wave(double seconds, double first, double second, long peak) {}
}
