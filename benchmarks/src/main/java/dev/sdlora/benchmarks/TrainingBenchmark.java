package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.benchmarks.model.RandomTensors;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingListener;
import dev.sdlora.training.TrainingProgress;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.option.TrainingPrecision;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Measures steps of LoRA training on a U-Net, one image each, as multiples of a U-Net call of one
 * row in the same dtype: with the packed weights that generation uses, its fastest, and with plain
 * weights. Steps and calls alternate; with one thread ({@code OMP_NUM_THREADS=1}), processor time
 * is measured. Also measures the peak memory of the steps.
 */
public final class TrainingBenchmark {
  private static final int TOKENS = 77;
  private static final int RANK = 16;

  /** Desired multiples of a call for steps of SD 1.5, with inner values kept and computed again. */
  private static final double AIM = 3.3;

  private static final double AIM_CHECKPOINTING = 4.3;

  private final UNetFiles files;
  private final ScalarType type;
  private final ImageSize size;
  private final int steps;

  private TrainingBenchmark(UNetFiles files, ScalarType type, ImageSize size, int steps) {
    this.files = files;
    this.type = type;
    this.size = size;
    this.steps = steps;
  }

  /**
   * Runs the benchmark: {@code CHECKPOINT [--size PIXELS] [--bits 32|16] [--steps N] [--calls 0|1]
   * [--kept 0|1] [--again 0|1]}. With {@code --calls 0} only the training is in memory, so that its
   * peak is that of the process; {@code --kept} and {@code --again} choose steps that keep inner
   * values, and those that compute them again.
   */
  public static void main(String[] args) {
    Arguments arguments =
        Arguments.parse(
            args,
            "TrainingBenchmark CHECKPOINT [--size PIXELS] [--bits 32|16] [--steps N] [--calls 0|1]"
                + " [--kept 0|1] [--again 0|1]",
            Map.of(
                "--size", 512, "--bits", 16, "--steps", 4, "--calls", 1, "--kept", 1, "--again",
                1));
    FigureTable.print(run(arguments));
  }

  /** Measures steps. */
  static List<Figure> run(Arguments arguments) {
    int side = arguments.number("--size");
    TrainingBenchmark benchmark =
        new TrainingBenchmark(
            CheckpointReader.read(arguments.file()),
            arguments.type(),
            new ImageSize(side, side),
            arguments.number("--steps"));
    List<Figure> figures = new ArrayList<>();
    if (arguments.isOn("--kept")) {
      figures.addAll(benchmark.measure(false, arguments.isOn("--calls")));
    }
    if (arguments.isOn("--again")) {
      figures.addAll(benchmark.measure(true, arguments.isOn("--calls")));
    }
    return figures;
  }

  private List<Figure> measure(boolean checkpointing, boolean withCalls) {
    Times times = new Times();
    if (!withCalls) {
      train(checkpointing, times);
      return List.of(figure(checkpointing, times), peak(checkpointing, times));
    }
    try (Torch torch = Torch.open("cpu");
        LiveWeights plain = weights(torch, Map.of());
        LiveWeights packed = weights(torch, FullModelPatchBenchmark.packings(torch, files, type));
        NDManager scope = torch.scope()) {
      UNet.Input input = input(scope);
      times.calls.put("packed", () -> call(torch, packed, input, scope));
      times.calls.put("plain", () -> call(torch, plain, input, scope));
      train(checkpointing, times);
      List<Figure> figures = new ArrayList<>();
      for (String layout : List.of("packed", "plain")) {
        figures.add(figure(checkpointing, times, layout));
      }
      return figures;
    }
  }

  private Figure figure(boolean checkpointing, Times times) {
    return Figure.ceiling(
        name("training step", checkpointing), Figure.seconds(times.median("step")));
  }

  private Figure figure(boolean checkpointing, Times times, String layout) {
    double step = times.median("step");
    double call = times.median(layout);
    Figure figure =
        Figure.multiple(
            name("training step", checkpointing) + ", " + layout,
            Figure.seconds(step),
            "U-Net call, " + layout + ", " + Figure.seconds(call),
            step / call);
    return ModelConfig.of(files).equals(ModelConfig.SD15) && layout.equals("packed")
        ? figure.aim(checkpointing ? AIM_CHECKPOINTING : AIM)
        : figure;
  }

  private Figure peak(boolean checkpointing, Times times) {
    return Figure.ceiling(
        name("peak memory of training", checkpointing), Figure.megabytes(times.peak));
  }

  private String name(String subject, boolean checkpointing) {
    return "%s, %s, %s, %s%s"
        .formatted(
            subject,
            ModelConfig.of(files).title(),
            size,
            Arguments.name(type),
            checkpointing ? ", checkpointing" : "");
  }

  /** Trains on an image, and runs the calls after each step. */
  private void train(boolean checkpointing, Times times) {
    Path folder = folder();
    BufferedImage image =
        new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
    try {
      LoraTrainer.builder()
          .checkpoint(files.checkpoint().path())
          .trainingSet(TrainingSet.of(List.of(TrainingExample.of(image, "a photo"))))
          .output(folder.resolve("lora.safetensors"))
          .rank(RANK)
          .size(size)
          .steps(steps + 1)
          .precision(
              type == ScalarType.BFLOAT16 ? TrainingPrecision.BFLOAT16 : TrainingPrecision.FLOAT32)
          .checkpointing(checkpointing)
          .listener(times)
          .build()
          .train();
      Files.deleteIfExists(folder.resolve("lora.safetensors"));
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("training-benchmark");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LiveWeights weights(Torch torch, Map<String, Packing> packings) {
    return LiveWeights.load(torch, new TensorLoader(torch), files.unet().weights(), type, packings);
  }

  private UNet.Input input(NDManager scope) {
    Random random = new Random(1);
    int side = size.height() / files.vae().config().factor();
    int width = files.unet().config().contextWidth();
    NDArray latents = RandomTensors.normal(random, scope, 1, 4, side, side);
    AddedConditions added =
        new AddedConditions(
            RandomTensors.normal(random, scope, 1, files.unet().config().vectorWidth()),
            RandomTensors.normal(random, scope, 1, files.unet().config().guidanceWidth()));
    return new UNet.Input(
        latents,
        Torch.floats(scope, new float[] {500}, 1),
        RandomTensors.normal(random, scope, 1, TOKENS, width),
        added,
        Residuals.NONE);
  }

  private void call(Torch torch, LiveWeights weights, UNet.Input input, NDManager scope) {
    new UNet(torch, files.unet().config(), weights).predict(input, scope).close();
  }

  /** Times steps and the calls between them; the first step is a warm-up. */
  private static final class Times implements TrainingListener {
    private final ResidentMemory memory = new ResidentMemory();
    private final Map<String, Runnable> calls = new LinkedHashMap<>();
    private final Map<String, List<Double>> seconds = new LinkedHashMap<>();
    private long last;
    private double peak;

    @Override
    public void step(TrainingProgress progress) {
      peak = memory.peak();
      if (progress.step() > 1) {
        add("step", last);
      } else {
        calls.values().forEach(Runnable::run);
      }
      calls.forEach(
          (name, call) -> {
            long start = now();
            call.run();
            add(name, start);
          });
      memory.forgetPeak();
      last = now();
    }

    /** With one thread, its processor time, which other processes hardly change. */
    private static long now() {
      return "1".equals(System.getenv("OMP_NUM_THREADS"))
          ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
          : System.nanoTime();
    }

    private void add(String name, long start) {
      seconds.computeIfAbsent(name, any -> new ArrayList<>()).add((now() - start) / 1e9);
    }

    double median(String name) {
      List<Double> sorted = seconds.getOrDefault(name, List.of()).stream().sorted().toList();
      return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }
  }
}
