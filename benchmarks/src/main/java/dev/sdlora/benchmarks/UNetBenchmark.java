package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.benchmarks.model.RandomTensors;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import dev.sdlora.pipeline.speed.ProductRate;
import dev.sdlora.pipeline.speed.UNetOperations;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Measures U-Net calls, of two rows as with guidance, with plain and with packed weights, as a
 * share of the rate of a large matrix product (GEMM) in the same process and dtype. The calls
 * alternate, so that all see the same state of the machine.
 */
public final class UNetBenchmark {
  private static final int ROWS = 2;
  private static final int TOKENS = 77;

  /** Desired shares of the product's rate for calls with packed weights. */
  private static final Map<String, Double> AIMS =
      Map.of(
          "SD 1.5, 512², float32", 0.85,
          "SD 1.5, 256², float32", 0.80,
          "SD 1.5, 512², bfloat16", 0.90,
          "SD 1.5, 256², bfloat16", 0.85,
          "SDXL, 1024², bfloat16", 0.75);

  private final Torch torch;
  private final UNetFiles files;
  private final ScalarType type;
  private final int size;
  private final int rounds;

  private UNetBenchmark(Torch torch, UNetFiles files, ScalarType type, int size, int rounds) {
    this.torch = torch;
    this.files = files;
    this.type = type;
    this.size = size;
    this.rounds = rounds;
  }

  /**
   * Runs the benchmark: {@code CHECKPOINT [--size PIXELS] [--bits 32|16] [--rounds N] [--plain 0|1]
   * [--gemm SIDE]}. With {@code --plain 0} only packed weights are measured.
   */
  public static void main(String[] args) {
    Arguments arguments =
        Arguments.parse(
            args,
            "UNetBenchmark CHECKPOINT [--size PIXELS] [--bits 32|16] [--rounds N] [--plain 0|1]"
                + " [--gemm SIDE]",
            Map.of(
                "--size",
                512,
                "--bits",
                32,
                "--rounds",
                3,
                "--plain",
                1,
                "--gemm",
                ProductRate.SIDE));
    FigureTable.print(run(arguments));
  }

  /** Measures a call with each layout of weights. */
  static List<Figure> run(Arguments arguments) {
    try (Torch torch = Torch.open("cpu")) {
      return new UNetBenchmark(
              torch,
              CheckpointReader.read(arguments.file()),
              arguments.type(),
              arguments.number("--size"),
              arguments.number("--rounds"))
          .measure(arguments.isOn("--plain"), arguments.number("--gemm"));
    }
  }

  private List<Figure> measure(boolean withPlain, int gemm) {
    double rate = ProductRate.of(torch, gemm, type);
    double operations = UNetOperations.of(files.unet().config(), ROWS, size / 8, TOKENS);
    Map<String, LiveWeights> all = new LinkedHashMap<>();
    if (withPlain) {
      all.put("plain", weights(Map.of()));
    }
    all.put("packed", weights(FullModelPatchBenchmark.packings(torch, files, type)));
    List<Figure> figures = new ArrayList<>();
    calls(all)
        .forEach(
            (layout, seconds) ->
                figures.add(figure(layout, seconds, operations / seconds / rate, rate)));
    all.values().forEach(LiveWeights::close);
    return figures;
  }

  private Figure figure(String layout, double seconds, double share, double rate) {
    String model = ModelConfig.of(files).title();
    Figure figure =
        Figure.share(
            "U-Net, %s, %s², %s, %s".formatted(model, size, Arguments.name(type), layout),
            Figure.seconds(seconds),
            "GEMM, " + Figure.gigaflops(rate),
            share);
    Double aim = AIMS.get("%s, %s², %s".formatted(model, size, Arguments.name(type)));
    return layout.equals("packed") && aim != null ? figure.aim(aim) : figure;
  }

  private LiveWeights weights(Map<String, Packing> packings) {
    return LiveWeights.load(torch, new TensorLoader(torch), files.unet().weights(), type, packings);
  }

  /** Returns the seconds of the shortest call with each set of weights. */
  private Map<String, Double> calls(Map<String, LiveWeights> all) {
    Random random = new Random(1);
    try (NDManager scope = torch.scope()) {
      int side = size / 8;
      NDArray latents =
          RandomTensors.normal(random, scope, ROWS, files.unet().config().inChannels(), side, side);
      NDArray context =
          RandomTensors.normal(random, scope, ROWS, TOKENS, files.unet().config().contextWidth());
      NDArray times = Torch.floats(scope, new float[] {500, 500}, ROWS);
      AddedConditions added =
          new AddedConditions(
              RandomTensors.normal(random, scope, ROWS, files.unet().config().vectorWidth()),
              RandomTensors.normal(random, scope, ROWS, files.unet().config().guidanceWidth()));
      UNet.Input input = new UNet.Input(latents, times, context, added, Residuals.NONE);
      Map<String, Supplier<NDArray>> calls = new LinkedHashMap<>();
      all.forEach(
          (name, weights) -> {
            UNet unet = new UNet(torch, files.unet().config(), weights);
            calls.put(name, () -> unet.predict(input, scope));
          });
      return ShortestCalls.seconds(calls, rounds);
    }
  }
}
