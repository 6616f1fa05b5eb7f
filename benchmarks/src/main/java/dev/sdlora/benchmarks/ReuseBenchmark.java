package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Measures U-Net calls, of two rows as with guidance, that run only the outermost blocks over
 * cached features (DeepCache), or that merge tokens. After the calls that cache features, the calls
 * alternate, so that all see the same state of the machine.
 */
public final class ReuseBenchmark {
  private static final int ROWS = 2;
  private static final int TOKENS = 77;
  private static final String WHOLE = "whole";

  private ReuseBenchmark() {}

  /**
   * Runs the benchmark: {@code CHECKPOINT [--size PIXELS] [--bits 32|16] [--rounds N] [--branches
   * N] [--merge PERCENT]}.
   */
  public static void main(String[] args) {
    Arguments arguments =
        Arguments.parse(
            args,
            "ReuseBenchmark CHECKPOINT [--size PIXELS] [--bits 32|16] [--rounds N]"
                + " [--branches N] [--merge PERCENT]",
            Map.of("--size", 512, "--bits", 16, "--rounds", 2, "--branches", 4, "--merge", 50));
    FigureTable.print(run(arguments));
  }

  /** Measures a complete call and each kind of shortened call. */
  static List<Figure> run(Arguments arguments) {
    UNetFiles files = CheckpointReader.read(arguments.file());
    ScalarType type = arguments.type();
    try (Torch torch = Torch.open("cpu");
        LiveWeights weights =
            LiveWeights.load(
                torch,
                new TensorLoader(torch),
                files.unet().weights(),
                type,
                FullModelPatchBenchmark.packings(torch, files, type));
        NDManager scope = torch.scope()) {
      UNet unet = new UNet(torch, files.unet().config(), weights);
      Map<String, Runnable> calls =
          calls(
              unet,
              arguments.number("--size") / 8,
              arguments.number("--branches"),
              arguments.number("--merge") / 100.0,
              scope);
      Map<String, Double> best = new LinkedHashMap<>();
      for (int i = 0; i < arguments.number("--rounds"); i++) {
        calls.forEach(
            (name, call) -> {
              long start = System.nanoTime();
              call.run();
              best.merge(name, (System.nanoTime() - start) / 1e9, Math::min);
            });
      }
      double whole = best.getOrDefault(WHOLE, Double.NaN);
      best.remove(WHOLE);
      String what =
          "U-Net, %s, %s², %s, "
              .formatted(
                  ModelConfig.of(files).title(), arguments.number("--size"), Arguments.name(type));
      List<Figure> figures = new ArrayList<>();
      best.forEach(
          (name, seconds) ->
              figures.add(
                  Figure.multiple(
                      what + name,
                      Figure.seconds(seconds),
                      "a whole call, " + Figure.seconds(whole),
                      seconds / whole)));
      return figures;
    }
  }

  private static Map<String, Runnable> calls(
      UNet unet, int side, int branches, double ratio, NDManager scope) {
    Random random = new Random(1);
    NDArray x = normal(random, scope, ROWS, unet.config().inChannels(), side, side);
    NDArray context = normal(random, scope, ROWS, TOKENS, unet.config().contextWidth());
    NDArray times = Torch.floats(scope, new float[] {500, 500}, ROWS);
    AddedConditions added =
        new AddedConditions(
            normal(random, scope, ROWS, unet.config().vectorWidth()),
            normal(random, scope, ROWS, unet.config().guidanceWidth()));
    UNet.Input input = new UNet.Input(x, times, context, added, Residuals.NONE);
    Map<String, Runnable> calls = new LinkedHashMap<>();
    calls.put(WHOLE, () -> unet.predict(input, scope).close());
    for (int i = 0; i < Math.min(branches, unet.config().branches()); i++) {
      int branch = i;
      NDArray kept = unet.predictKeeping(input, branch, scope).features();
      calls.put(
          "outside of branch " + branch,
          () -> unet.predictOutside(input, branch, List.of(kept), scope).close());
    }
    UNet merging = unet.mergingTokens(ratio, 1);
    calls.put(
        Math.round(100 * ratio) + " % of tokens merged",
        () -> merging.predict(input, scope).close());
    return calls;
  }

  private static NDArray normal(Random random, NDManager scope, long... shape) {
    int count = 1;
    for (long side : shape) {
      count = Math.multiplyExact(count, (int) side);
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Torch.floats(scope, values, shape);
  }
}
