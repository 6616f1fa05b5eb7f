package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.TrainedModules;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingListener;
import dev.sdlora.training.TrainingProgress;
import dev.sdlora.training.TrainingSet;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures a LoRA training step as a multiple of forward passes of the same batch, and its memory.
 * All of a step counts: noise, gradients, the update.
 */
public final class TrainingStepBenchmark {
  private static final int SIDE_OF_A_LATENT = 8;
  private static final int TOKENS = 77;
  private static final List<TrainedModules> MODULES =
      List.of(TrainedModules.ATTENTION, TrainedModules.LINEAR, TrainedModules.CONVOLUTIONS);

  private TrainingStepBenchmark() {}

  /**
   * Runs the benchmark: {@code CHECKPOINT [--size N] [--batch N] [--rank N] [--steps N] [--modules
   * N]}, where modules are 0 for attention, 1 for all linear layers, 2 to add convolutions.
   */
  public static void main(String[] args) throws IOException {
    Arguments arguments =
        Arguments.parse(
            args,
            "TrainingStepBenchmark CHECKPOINT [--size N] [--batch N] [--rank N] [--steps N]"
                + " [--modules 0|1|2]",
            Map.of("--size", 128, "--batch", 8, "--rank", 8, "--steps", 20, "--modules", 0));
    run(arguments, System.out);
  }

  static void run(Arguments arguments, PrintStream out) throws IOException {
    double step = step(arguments);
    // The forward passes run second, so that their copy of the weights is not in the peak.
    String peak = peakMemory();
    double forward = forward(arguments);
    out.printf(
        Locale.ROOT,
        "training step %.3f s, forward pass of the same batch %.3f s, ratio %.2f; %s while training%n",
        step,
        forward,
        step / forward,
        peak);
  }

  private static double step(Arguments arguments) throws IOException {
    int size = arguments.number("--size");
    Path folder = Files.createTempDirectory("training");
    List<TrainingExample> examples =
        IntStream.range(0, arguments.number("--batch"))
            .mapToObj(i -> new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB))
            .map(picture -> TrainingExample.of(picture, "a picture"))
            .toList();
    StepTimes times = new StepTimes();
    LoraTrainer.builder()
        .checkpoint(arguments.file())
        .trainingSet(TrainingSet.of(examples))
        .output(folder.resolve("benchmark.safetensors"))
        .modules(MODULES.get(arguments.number("--modules")))
        .rank(arguments.number("--rank"))
        .size(new ImageSize(size, size))
        .batchSize(examples.size())
        .steps(arguments.number("--steps") + 1)
        .listener(times)
        .build()
        .train();
    return times.median();
  }

  private static double forward(Arguments arguments) {
    ModelFiles files = CheckpointReader.read(arguments.file());
    int batch = arguments.number("--batch");
    int side = arguments.number("--size") / SIDE_OF_A_LATENT;
    List<Double> seconds = new ArrayList<>();
    try (Torch torch = Torch.open("cpu");
        LiveWeights weights =
            LiveWeights.load(
                torch, new TensorLoader(torch), files.unet().weights(), ScalarType.FLOAT32);
        NDManager scope = torch.scope()) {
      UNet unet = new UNet(torch, files.unet().config(), weights);
      NDArray latents =
          scope.randomNormal(new Shape(batch, files.unet().config().inChannels(), side, side));
      NDArray times = scope.ones(new Shape(batch));
      NDArray context =
          scope.randomNormal(new Shape(batch, TOKENS, files.unet().config().contextWidth()));
      for (int i = 0; i <= arguments.number("--steps"); i++) {
        long start = System.nanoTime();
        unet.predict(latents, times, context, scope).close();
        seconds.add((System.nanoTime() - start) / 1e9);
      }
    }
    return median(seconds.subList(1, seconds.size()));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private static String peakMemory() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return "peak memory unknown";
    }
    return Files.readAllLines(status, StandardCharsets.ISO_8859_1).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1048576.0)
        .map(gib -> String.format(Locale.ROOT, "peak resident memory %.1f GiB", gib))
        .findFirst()
        .orElse("peak memory unknown");
  }

  /** Measures the time between the ends of steps; the first step is a warm-up. */
  private static final class StepTimes implements TrainingListener {
    private final List<Double> seconds = new ArrayList<>();
    private long last;

    @Override
    public void step(TrainingProgress progress) {
      long now = System.nanoTime();
      if (progress.step() > 1) {
        seconds.add((now - last) / 1e9);
      }
      last = now;
    }

    double median() {
      return TrainingStepBenchmark.median(seconds);
    }
  }
}
