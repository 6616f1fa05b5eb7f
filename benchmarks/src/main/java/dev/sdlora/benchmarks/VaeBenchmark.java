package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.network.Vae;
import dev.sdlora.pipeline.network.VaePacking;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * How long does the autoencoder take to decode and to encode a picture, over weights as they are in
 * the file and over packed ones, as a whole and in strips? As a share of what a large product of
 * matrices (GEMM) does in the same process and format. The calls take turns, so that all see the
 * same machine.
 */
public final class VaeBenchmark {
  private final Torch torch;
  private final ModelFiles files;
  private final ScalarType type;
  private final int rounds;
  private final PrintStream out;

  private VaeBenchmark(
      Torch torch, ModelFiles files, ScalarType type, int rounds, PrintStream out) {
    this.torch = torch;
    this.files = files;
    this.type = type;
    this.rounds = rounds;
    this.out = out;
  }

  /**
   * Runs the benchmark: {@code CHECKPOINT [--size PIXELS] [--bits 32|16] [--rounds N] [--plain 0|1]
   * [--encode 0|1]}.
   */
  public static void main(String[] args) {
    Arguments arguments =
        Arguments.parse(
            args,
            "VaeBenchmark CHECKPOINT [--size PIXELS] [--bits 32|16] [--rounds N] [--plain 0|1]"
                + " [--encode 0|1]",
            Map.of("--size", 512, "--bits", 32, "--rounds", 2, "--plain", 1, "--encode", 1));
    try (Torch torch = Torch.open("cpu")) {
      new VaeBenchmark(
              torch,
              CheckpointReader.read(arguments.file()),
              arguments.number("--bits") == 32 ? ScalarType.FLOAT32 : ScalarType.BFLOAT16,
              arguments.number("--rounds"),
              System.out)
          .measure(
              arguments.number("--size"),
              4096,
              arguments.number("--plain") == 1,
              arguments.number("--encode") == 1);
    }
  }

  /**
   * Measures and prints a table.
   *
   * @param gemm side of the matrices to compare with
   */
  static void run(
      ModelFiles files, int size, ScalarType type, int rounds, int gemm, PrintStream out) {
    try (Torch torch = Torch.open("cpu")) {
      new VaeBenchmark(torch, files, type, rounds, out).measure(size, gemm, true, true);
    }
  }

  private void measure(int size, int gemm, boolean plain, boolean encode) {
    double rate = Gemm.rate(torch, gemm, type);
    out.printf(Locale.ROOT, "GEMM of side %d in %s: %.0f GFLOP/s%n", gemm, type, rate / 1e9);
    Map<String, LiveWeights> all = new LinkedHashMap<>();
    if (plain) {
      all.put("plain", weights("plain", Map.of()));
    }
    if (Packer.isSupported(torch, type)) {
      all.put("packed", weights("packed", VaePacking.of(files.vae().config())));
    }
    try (NDManager scope = torch.scope()) {
      int latent = size / files.vae().config().factor();
      int channels = files.vae().config().latentChannels();
      NDArray z = normal(scope, channels, latent);
      NDArray pixels = normal(scope, 3, size);
      Map<String, Supplier<NDArray>> calls = new LinkedHashMap<>();
      all.forEach(
          (name, weights) -> {
            Vae vae = new Vae(torch, files.vae().config(), weights);
            calls.put("decode, " + name, () -> vae.decode(z, scope));
            calls.put("decode in strips, " + name, () -> vae.inStrips().decode(z, scope));
            if (encode) {
              calls.put("encode, " + name, () -> vae.encode(pixels, scope));
              calls.put("encode in strips, " + name, () -> vae.inStrips().encode(pixels, scope));
            }
          });
      print(best(calls), rate, size);
    } finally {
      all.values().forEach(LiveWeights::close);
    }
  }

  private void print(Map<String, Double> best, double rate, int size) {
    out.printf("%-28s %8s %10s %10s %10s%n", "", "best s", "GFLOP/s", "of GEMM", "reduced");
    best.forEach(
        (name, seconds) -> {
          VaeOperations operations =
              name.startsWith("decode")
                  ? VaeOperations.decode(files.vae().config(), size)
                  : VaeOperations.encode(files.vae().config(), size);
          out.printf(
              Locale.ROOT,
              "%-28s %8.3f %10.0f %9.0f%% %9.0f%%%n",
              name,
              seconds,
              operations.plain() / seconds / 1e9,
              100 * operations.plain() / seconds / rate,
              100 * operations.reduced() / seconds / rate);
        });
  }

  private LiveWeights weights(String name, Map<String, Packing> packings) {
    long start = System.nanoTime();
    LiveWeights weights =
        LiveWeights.load(torch, new TensorLoader(torch), files.vae().weights(), type, packings);
    out.printf(Locale.ROOT, "%s weights read in %.2f s%n", name, (System.nanoTime() - start) / 1e9);
    return weights;
  }

  /** The seconds of the shortest of each call. */
  private Map<String, Double> best(Map<String, Supplier<NDArray>> calls) {
    Map<String, Double> best = new LinkedHashMap<>();
    for (int i = 0; i <= rounds; i++) {
      boolean first = i == 0 && rounds > 0;
      calls.forEach(
          (name, call) -> {
            long start = System.nanoTime();
            call.get().close();
            if (!first) {
              best.merge(name, (System.nanoTime() - start) / 1e9, Math::min);
            }
          });
    }
    return best;
  }

  private static NDArray normal(NDManager scope, int channels, int side) {
    Random random = new Random(1);
    float[] values = new float[channels * side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Torch.floats(scope, values, 1, channels, side, side);
  }
}
