package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.network.UNetPacking;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What does a LoRA that changes all transformers of a model cost to apply, to exchange for another
 * one, and to take off, over plain weights and over packed ones? In floors: the longer of a
 * read-and-write pass over the weights that it touches and of the operations of its products at the
 * rate of a large product (GEMM) in the same format. Beside it stands what it costs to read these
 * weights' bytes from the checkpoint. The LoRA files and the checkpoint are read as in use, from
 * the page cache. All take turns, so that they see the same machine.
 */
public final class FullModelPatchBenchmark {
  private final Map<String, Patcher> patchers;
  private final FloorPass floorPass;
  private final NDArray[] touched;
  private final List<Origin> origins;
  private final PatchPlan first;
  private final PatchPlan second;

  private FullModelPatchBenchmark(
      Map<String, Patcher> patchers,
      FloorPass floorPass,
      NDArray[] touched,
      List<Origin> origins,
      PatchPlan first,
      PatchPlan second) {
    this.patchers = patchers;
    this.floorPass = floorPass;
    this.touched = touched;
    this.origins = origins;
    this.first = first;
    this.second = second;
  }

  /** Runs the benchmark: {@code CHECKPOINT [--rank N] [--rounds N] [--bits 32|16]}. */
  public static void main(String[] args) throws IOException {
    Arguments arguments =
        Arguments.parse(
            args,
            "FullModelPatchBenchmark CHECKPOINT [--rank N] [--rounds N] [--bits 32|16]",
            Map.of("--rank", 16, "--rounds", 7, "--bits", 32));
    run(
        CheckpointReader.read(arguments.file()),
        arguments.number("--bits") == 32 ? ScalarType.FLOAT32 : ScalarType.BFLOAT16,
        arguments.number("--rank"),
        arguments.number("--rounds"),
        Gemm.SIDE,
        System.out);
  }

  /**
   * Measures with two LoRAs that it writes for the checkpoint, and prints a table.
   *
   * @param gemm side of the matrices to compare with
   */
  static void run(
      ModelFiles files, ScalarType type, int rank, int rounds, int gemm, PrintStream out)
      throws IOException {
    ModelConfig config = ModelConfig.of(files);
    Path folder = Files.createTempDirectory("loras");
    Path a = folder.resolve("a.safetensors");
    Path b = folder.resolve("b.safetensors");
    try (Torch torch = Torch.open("cpu")) {
      WriteLora.write(config, rank, 1, a);
      WriteLora.write(config, rank, 2, b);
      PatchPlan first = plan(files, a);
      Map<Network, Map<String, Origin>> origins = touched(files, first);
      TensorLoader loader = new TensorLoader(torch);
      Map<Network, LiveWeights> plain = load(torch, loader, origins, type, Map.of());
      Map<Network, LiveWeights> packed =
          load(torch, loader, origins, type, packings(torch, files, type));
      NDArray[] touched =
          plain.values().stream()
              .flatMap(live -> live.entries().values().stream())
              .toArray(NDArray[]::new);
      long weights = Arrays.stream(touched).mapToLong(NDArray::size).sum();
      double rate = Gemm.rate(torch, gemm, type);
      double product = 2.0 * rank * weights / rate;
      out.printf(
          Locale.ROOT,
          "%d modules, rank %d, %d weights touched, %s%n"
              + "GEMM of side %d: %.0f GFLOP/s; the products take %.3f s at that rate%n",
          touched.length,
          rank,
          weights,
          type,
          gemm,
          rate / 1e9,
          product);
      Map<String, Patcher> patchers = new LinkedHashMap<>();
      patchers.put("plain", new Patcher(torch, loader, plain));
      patchers.put("packed", new Patcher(torch, loader, packed));
      new FullModelPatchBenchmark(
              patchers,
              new FloorPass(torch),
              touched,
              origins.values().stream().flatMap(some -> some.values().stream()).toList(),
              first,
              plan(files, b))
          .measure(rounds, product, out);
      plain.values().forEach(LiveWeights::close);
      packed.values().forEach(LiveWeights::close);
    } finally {
      Files.deleteIfExists(a);
      Files.deleteIfExists(b);
      Files.delete(folder);
    }
  }

  /** Those of the U-Net packed, where packing is known for them. */
  private static Map<Network, LiveWeights> load(
      Torch torch,
      TensorLoader loader,
      Map<Network, Map<String, Origin>> origins,
      ScalarType type,
      Map<String, Packing> packings) {
    Map<Network, LiveWeights> live = new LinkedHashMap<>();
    origins.forEach(
        (network, some) -> {
          Map<String, Packing> known = new LinkedHashMap<>();
          if (network == Network.UNET) {
            known.putAll(packings);
            known.keySet().retainAll(some.keySet());
          }
          live.put(network, LiveWeights.load(torch, loader, some, type, known));
        });
    return live;
  }

  private static PatchPlan plan(ModelFiles files, Path lora) {
    ModuleIndex index =
        new ModuleIndex(
            Map.of(
                Network.TEXT_ENCODER,
                files.textEncoders().get(0).config().weights(),
                Network.UNET,
                files.unet().config().weights()));
    LoraUse use = new LoraUse("random", LoraFile.open(lora), 1, 1);
    return PatchPlan.of(
        index, files.checkpoint().path().toString(), files.checkpoint().family(), List.of(use));
  }

  /** As pipelines have them. */
  static Map<String, Packing> packings(Torch torch, ModelFiles files, ScalarType type) {
    return Packer.isSupported(torch, type) ? UNetPacking.of(files.unet().config()) : Map.of();
  }

  /** The weights that a plan touches. */
  private static Map<Network, Map<String, Origin>> touched(ModelFiles files, PatchPlan plan) {
    Map<Network, Map<String, Origin>> touched = new LinkedHashMap<>();
    files
        .patchable()
        .forEach(
            (network, weights) -> {
              Map<String, Origin> some = new LinkedHashMap<>(weights);
              some.keySet().retainAll(plan.changes().getOrDefault(network, Map.of()).keySet());
              if (!some.isEmpty()) {
                touched.put(network, some);
              }
            });
    return touched;
  }

  /**
   * Copies the bytes of the touched weights from the checkpoint one after another into one buffer.
   */
  private void read(ByteBuffer buffer) {
    try (OpenFiles files = new OpenFiles()) {
      for (Origin origin : origins) {
        files.of(origin.file()).read(origin.entry(), buffer.clear());
      }
    }
  }

  private void measure(int rounds, double product, PrintStream out) {
    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    long largest = origins.stream().mapToLong(o -> o.entry().byteLength()).max().orElseThrow();
    ByteBuffer buffer = ByteBuffer.allocateDirect(Math.toIntExact(largest));
    for (int i = 0; i <= rounds; i++) {
      if (i == 1) {
        seconds.clear(); // The first round warms up.
      }
      time("pass", seconds, () -> floorPass.run(touched));
      time("read", seconds, () -> read(buffer));
      patchers.forEach(
          (layout, patcher) -> {
            time(layout + " apply", seconds, () -> patcher.apply(first));
            time(layout + " switch", seconds, () -> patcher.apply(second));
            time(layout + " restore", seconds, () -> patcher.apply(PatchPlan.NONE));
          });
    }
    double floor = Math.max(product, median(seconds.getOrDefault("pass", List.of())));
    double read = median(seconds.getOrDefault("read", List.of()));
    out.printf("%-14s %10s %10s %10s %10s%n", "", "median s", "best s", "x floor", "x reading");
    seconds.forEach(
        (name, times) ->
            out.printf(
                Locale.ROOT,
                "%-14s %10.3f %10.3f %10.2f %10.2f%n",
                name,
                median(times),
                times.stream().min(Double::compare).orElseThrow(),
                median(times) / floor,
                median(times) / read));
  }

  private static void time(String name, Map<String, List<Double>> seconds, Runnable work) {
    long start = System.nanoTime();
    work.run();
    double elapsed = (System.nanoTime() - start) / 1e9;
    seconds.computeIfAbsent(name, key -> new ArrayList<>()).add(elapsed);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
