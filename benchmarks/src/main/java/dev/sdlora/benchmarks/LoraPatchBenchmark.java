package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import dev.sdlora.benchmarks.model.RandomHalves;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures adding one low-rank change to unpatched weights, and a bare pass over the same bytes.
 * Each operation processes about 128 MB of weights of one shape, because the weights of a model are
 * not in the processor's cache. The factors are, because they have just been read.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LoraPatchBenchmark {

  /** Patches all weights. */
  @Benchmark
  public void patch(Weights weights, Changes changes) {
    try (LiveWeights.Writer writer = weights.live.writer()) {
      writer.patch(changes.byName);
    }
  }

  /** Runs a pass over all weights. */
  @Benchmark
  public void floor(Weights weights) {
    weights.floorPass.run(weights.tensors);
  }

  /** Weights of one shape, in native memory and in a temporary file. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init")
  public static class Weights {
    /** Shapes of SD 1.5 and SDXL; the last one is a convolution. */
    @Param({
      "320x320",
      "640x640",
      "1280x1280",
      "2560x320",
      "10240x1280",
      "1280x5120",
      "768x768",
      "3072x768",
      "5120x640",
      "640x2560",
      "1280x2048",
      "1280x1280x3x3"
    })
    String shape;

    /** The dtype in memory; in the file it is float16. */
    @Param({"FLOAT32", "BFLOAT16"})
    ScalarType type = ScalarType.FLOAT32;

    /** Whether they are packed for the CPU kernels, like those of the U-Net. */
    @Param({"false", "true"})
    boolean packed;

    /** Total number of elements in all weights; tests reduce it. */
    long total = 1 << 25;

    List<Long> sizes;
    Path file;
    Torch torch;
    LiveWeights live;
    LiveWeights plain;
    NDArray[] tensors;
    FloorPass floorPass;

    /** Creates and loads the weights. */
    @Setup
    public void load() throws IOException {
      sizes = Arrays.stream(shape.split("x", -1)).map(Long::valueOf).toList();
      file = Files.createTempFile("weights", ".safetensors");
      long elements = sizes.stream().reduce(1L, Math::multiplyExact);
      SafetensorsWriter writer = new SafetensorsWriter();
      for (long i = Math.max(1, total / elements); i > 0; i--) {
        writer.tensor("w" + i, DType.F16, sizes, new RandomHalves(elements, 0, 0.02, i));
      }
      writer.write(file);
      TensorFile opened = TensorFile.open(file);
      Map<String, Origin> origins = new LinkedHashMap<>();
      opened.tensors().forEach((name, e) -> origins.put(name, new Origin(opened, e, sizes)));
      torch = Torch.open("cpu");
      TensorLoader loader = new TensorLoader(torch);
      Packing packing =
          sizes.size() == 2 ? new Packing.Linear(2048) : new Packing.Convolution(1, 1, 2, 32);
      Map<String, Packing> packings = new LinkedHashMap<>();
      if (packed) {
        origins.keySet().forEach(name -> packings.put(name, packing));
      }
      live = LiveWeights.load(torch, loader, origins, type, packings);
      plain = LiveWeights.load(torch, loader, origins, type);
      tensors = plain.entries().values().toArray(NDArray[]::new);
      floorPass = new FloorPass(torch);
    }

    /** Restores the weights from the file, so that every patch is the first. */
    @Setup(Level.Invocation)
    public void restore() {
      try (LiveWeights.Writer writer = live.writer()) {
        writer.restore(live.patched());
      }
    }

    /** Frees the memory and deletes the file. */
    @TearDown
    public void close() throws IOException {
      live.close();
      plain.close();
      torch.close();
      Files.delete(file);
    }

    int rows() {
      return sizes.get(0).intValue();
    }

    int columns() {
      return sizes.stream().skip(1).reduce(1L, Math::multiplyExact).intValue();
    }
  }

  /** A change, the same for all weights. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init")
  public static class Changes {
    static final double SCALE = 0.8;

    /** The LoRA's rank. */
    @Param({"4", "8", "16", "32", "64", "128"})
    int rank;

    float[] up;
    float[] down;
    Map<String, List<LowRank>> byName;

    /** Creates the factors. */
    @Setup
    public void make(Weights weights) {
      Random random = new Random(1);
      up = normal(random, weights.rows() * rank, 0.01);
      down = normal(random, rank * weights.columns(), 1 / Math.sqrt(weights.columns()));
      LowRank change =
          new LowRank(
              Torch.floats(weights.torch.manager(), up, weights.rows(), rank),
              Torch.floats(weights.torch.manager(), down, rank, weights.columns()),
              SCALE);
      byName = new LinkedHashMap<>();
      weights.live.shapes().keySet().forEach(name -> byName.put(name, List.of(change)));
    }

    private static float[] normal(Random random, int count, double deviation) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) (deviation * random.nextGaussian());
      }
      return values;
    }
  }
}
