package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.network.AddedConditions;
import dev.sdlora.pipeline.network.Residuals;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * How long does a call of the U-Net take, of two rows as with guidance, over weights as they are in
 * the file and over packed ones? As a share of what a large product of matrices (GEMM) does in the
 * same process and format. The calls take turns, so that all see the same machine.
 */
public final class UNetBenchmark {
  private static final int ROWS = 2;
  private static final int TOKENS = 77;

  private final Torch torch;
  private final ModelFiles files;
  private final ScalarType type;
  private final int rounds;
  private final PrintStream out;

  private UNetBenchmark(
      Torch torch, ModelFiles files, ScalarType type, int rounds, PrintStream out) {
    this.torch = torch;
    this.files = files;
    this.type = type;
    this.rounds = rounds;
    this.out = out;
  }

  /** Runs the benchmark: {@code CHECKPOINT [--size PIXELS] [--bits 32|16] [--rounds N]}. */
  public static void main(String[] args) {
    Arguments arguments =
        Arguments.parse(
            args,
            "UNetBenchmark CHECKPOINT [--size PIXELS] [--bits 32|16] [--rounds N]",
            Map.of("--size", 512, "--bits", 32, "--rounds", 3));
    run(
        CheckpointReader.read(arguments.file()),
        arguments.number("--size"),
        arguments.number("--bits") == 32 ? ScalarType.FLOAT32 : ScalarType.BFLOAT16,
        arguments.number("--rounds"),
        4096,
        System.out);
  }

  /**
   * Measures and prints a table.
   *
   * @param gemm side of the matrices to compare with
   */
  static void run(
      ModelFiles files, int size, ScalarType type, int rounds, int gemm, PrintStream out) {
    try (Torch torch = Torch.open("cpu")) {
      new UNetBenchmark(torch, files, type, rounds, out).measure(size, gemm);
    }
  }

  private void measure(int size, int gemm) {
    double rate = Gemm.rate(torch, gemm, type);
    out.printf(Locale.ROOT, "GEMM of side %d in %s: %.0f GFLOP/s%n", gemm, type, rate / 1e9);
    double operations = UNetOperations.of(files.unet().config(), ROWS, size / 8, TOKENS);
    try (LiveWeights plain = weights("plain", Map.of());
        LiveWeights packed =
            weights("packed", FullModelPatchBenchmark.packings(torch, files, type))) {
      Map<String, LiveWeights> all = new LinkedHashMap<>();
      all.put("plain", plain);
      all.put("packed", packed);
      Map<String, Double> best = calls(all, size);
      out.printf("%-8s %10s %10s %10s%n", "", "best s", "GFLOP/s", "of GEMM");
      best.forEach(
          (name, seconds) ->
              out.printf(
                  Locale.ROOT,
                  "%-8s %10.3f %10.0f %9.0f%%%n",
                  name,
                  seconds,
                  operations / seconds / 1e9,
                  100 * operations / seconds / rate));
    }
  }

  private LiveWeights weights(String name, Map<String, Packing> packings) {
    long start = System.nanoTime();
    LiveWeights weights =
        LiveWeights.load(torch, new TensorLoader(torch), files.unet().weights(), type, packings);
    out.printf(Locale.ROOT, "%s weights read in %.2f s%n", name, secondsSince(start));
    return weights;
  }

  /** The seconds of the shortest call with each of some weights. */
  private Map<String, Double> calls(Map<String, LiveWeights> all, int size) {
    Map<String, UNet> networks = new LinkedHashMap<>();
    all.forEach((name, each) -> networks.put(name, new UNet(torch, files.unet().config(), each)));
    Map<String, Double> best = new LinkedHashMap<>();
    Random random = new Random(1);
    try (NDManager scope = torch.scope()) {
      int side = size / 8;
      NDArray latents = normal(random, scope, ROWS, files.unet().config().inChannels(), side, side);
      NDArray context = normal(random, scope, ROWS, TOKENS, files.unet().config().contextWidth());
      NDArray times = Torch.floats(scope, new float[] {500, 500}, ROWS);
      AddedConditions added =
          new AddedConditions(
              normal(random, scope, ROWS, files.unet().config().vectorWidth()),
              normal(random, scope, ROWS, files.unet().config().guidanceWidth()));
      for (int i = 0; i <= rounds; i++) {
        boolean first = i == 0;
        networks.forEach(
            (name, unet) -> {
              long start = System.nanoTime();
              unet.predict(latents, times, context, added, Residuals.NONE, scope).close();
              if (!first) {
                best.merge(name, secondsSince(start), Math::min);
              }
            });
      }
    }
    return best;
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static NDArray normal(Random random, NDManager scope, int... shape) {
    int count = 1;
    for (int side : shape) {
      count *= side;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    long[] sizes = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      sizes[i] = shape[i];
    }
    return Torch.floats(scope, values, sizes);
  }
}
