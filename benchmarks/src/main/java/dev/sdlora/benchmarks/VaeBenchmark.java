package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.network.vae.Vae;
import dev.sdlora.families.network.vae.VaePacking;
import dev.sdlora.pipeline.speed.ProductRate;
import dev.sdlora.pipeline.speed.VaeOperations;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Measures decoding and encoding an image with plain and with packed weights, as a whole and in
 * strips, as a share of the rate of a large matrix product (GEMM) in the same process and dtype.
 * The calls alternate, so that all see the same state of the machine.
 */
public final class VaeBenchmark {
  /** The desired share of the product's rate for decoding in strips. */
  private static final double AIM = 0.8;

  private final Torch torch;
  private final UNetFiles files;
  private final ScalarType type;
  private final int size;
  private final int rounds;

  private VaeBenchmark(Torch torch, UNetFiles files, ScalarType type, int size, int rounds) {
    this.torch = torch;
    this.files = files;
    this.type = type;
    this.size = size;
    this.rounds = rounds;
  }

  /**
   * Runs the benchmark: {@code CHECKPOINT [--size PIXELS] [--bits 32|16] [--rounds N] [--plain 0|1]
   * [--encode 0|1] [--gemm SIDE]}. With {@code --plain 0} only packed weights in strips are
   * measured, as pipelines use them.
   */
  public static void main(String[] args) {
    Arguments arguments =
        Arguments.parse(
            args,
            "VaeBenchmark CHECKPOINT [--size PIXELS] [--bits 32|16] [--rounds N] [--plain 0|1]"
                + " [--encode 0|1] [--gemm SIDE]",
            Map.of(
                "--size",
                512,
                "--bits",
                32,
                "--rounds",
                2,
                "--plain",
                1,
                "--encode",
                1,
                "--gemm",
                ProductRate.SIDE));
    FigureTable.print(run(arguments));
  }

  /** Measures calls with each layout of weights. */
  static List<Figure> run(Arguments arguments) {
    try (Torch torch = Torch.open("cpu")) {
      return new VaeBenchmark(
              torch,
              CheckpointReader.read(arguments.file()),
              arguments.type(),
              arguments.number("--size"),
              arguments.number("--rounds"))
          .measure(arguments);
    }
  }

  private List<Figure> measure(Arguments arguments) {
    double rate = ProductRate.of(torch, arguments.number("--gemm"), type);
    boolean plain = arguments.isOn("--plain");
    boolean encode = arguments.isOn("--encode");
    Map<String, LiveWeights> all = new LinkedHashMap<>();
    if (plain) {
      all.put("plain", weights(Map.of()));
    }
    if (Packer.isSupported(torch, type)) {
      all.put("packed", weights(VaePacking.of(files.vae().config())));
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
            calls.put("decode in strips, " + name, () -> vae.inStrips().decode(z, scope));
            if (plain) {
              calls.put("decode, " + name, () -> vae.decode(z, scope));
            }
            if (encode) {
              calls.put("encode in strips, " + name, () -> vae.inStrips().encode(pixels, scope));
            }
            if (encode && plain) {
              calls.put("encode, " + name, () -> vae.encode(pixels, scope));
            }
          });
      List<Figure> figures = new ArrayList<>();
      ShortestCalls.seconds(calls, rounds)
          .forEach((name, seconds) -> figures.add(figure(name, seconds, rate)));
      return figures;
    } finally {
      all.values().forEach(LiveWeights::close);
    }
  }

  private Figure figure(String call, double seconds, double rate) {
    boolean decode = call.startsWith("decode");
    VaeOperations operations =
        decode
            ? VaeOperations.decode(files.vae().config(), size)
            : VaeOperations.encode(files.vae().config(), size);
    Figure figure =
        Figure.share(
            "VAE, %s, %s², %s, %s"
                .formatted(ModelConfig.of(files).title(), size, Arguments.name(type), call),
            Figure.seconds(seconds),
            "GEMM, " + Figure.gigaflops(rate),
            operations.plain() / seconds / rate);
    return decode ? figure.aim(AIM) : figure;
  }

  private LiveWeights weights(Map<String, Packing> packings) {
    return LiveWeights.load(torch, new TensorLoader(torch), files.vae().weights(), type, packings);
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
