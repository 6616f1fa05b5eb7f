package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.network.UNetPacking;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.speed.ProductRate;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures applying a LoRA that changes all transformers of a model, switching to another one, and
 * removing it, with plain and with packed weights. Results are multiples of a floor: the longer of
 * a read-and-write pass over the affected weights and of the LoRA's products at the rate of a large
 * matrix product (GEMM) in the same dtype. The time to read these weights' bytes from the
 * checkpoint is shown as well. The LoRA files and the checkpoint are read from the page cache, as
 * in normal use. All measurements alternate, so that they see the same state of the machine.
 */
public final class FullModelPatchBenchmark {
  /** In multiples of the floor. */
  private static final double APPLY_AIM = 2;

  private static final double SWITCH_AIM = 3;

  /** In multiples of the time to read the bytes. */
  private static final double RESTORE_AIM = 1.2;

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

  /**
   * Runs the benchmark: {@code CHECKPOINT [--rank N] [--rounds N] [--bits 32|16] [--gemm SIDE]}.
   */
  public static void main(String[] args) throws IOException {
    Arguments arguments =
        Arguments.parse(
            args,
            "FullModelPatchBenchmark CHECKPOINT [--rank N] [--rounds N] [--bits 32|16]"
                + " [--gemm SIDE]",
            Map.of("--rank", 16, "--rounds", 7, "--bits", 32, "--gemm", ProductRate.SIDE));
    FigureTable.print(run(arguments));
  }

  /** Measures with two LoRAs written for the checkpoint. */
  static List<Figure> run(Arguments arguments) throws IOException {
    UNetFiles files = CheckpointReader.read(arguments.file());
    ScalarType type = arguments.type();
    int rank = arguments.number("--rank");
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
      double product =
          2.0 * rank * weights / ProductRate.of(torch, arguments.number("--gemm"), type);
      String what =
          "LoRA of %s modules, rank %s, %s, ".formatted(touched.length, rank, Arguments.name(type));
      Map<String, Patcher> patchers = new LinkedHashMap<>();
      patchers.put("plain", new Patcher(torch, loader, plain));
      patchers.put("packed", new Patcher(torch, loader, packed));
      Map<String, List<Double>> seconds =
          new FullModelPatchBenchmark(
                  patchers,
                  new FloorPass(torch),
                  touched,
                  origins.values().stream().flatMap(some -> some.values().stream()).toList(),
                  first,
                  plan(files, b))
              .measure(arguments.number("--rounds"));
      plain.values().forEach(LiveWeights::close);
      packed.values().forEach(LiveWeights::close);
      return figures(what, seconds, product);
    } finally {
      Files.deleteIfExists(a);
      Files.deleteIfExists(b);
      Files.delete(folder);
    }
  }

  /** Loads the weights; those of the U-Net are packed if packing is supported. */
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

  private static PatchPlan plan(UNetFiles files, Path lora) {
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

  /** Returns the packings that pipelines use. */
  static Map<String, Packing> packings(Torch torch, UNetFiles files, ScalarType type) {
    return Packer.isSupported(torch, type) ? UNetPacking.of(files.unet().config()) : Map.of();
  }

  /** Returns the weights that a plan changes. */
  private static Map<Network, Map<String, Origin>> touched(UNetFiles files, PatchPlan plan) {
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
   * Copies the bytes of the affected weights from the checkpoint to one buffer, one after another.
   */
  private void read(ByteBuffer buffer) {
    try (OpenFiles files = new OpenFiles()) {
      for (Origin origin : origins) {
        files.of(origin.file()).read(origin.entry(), buffer.clear());
      }
    }
  }

  private Map<String, List<Double>> measure(int rounds) {
    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    long largest = origins.stream().mapToLong(o -> o.entry().byteLength()).max().orElseThrow();
    ByteBuffer buffer = ByteBuffer.allocateDirect(Math.toIntExact(largest));
    for (int i = 0; i <= rounds; i++) {
      if (i == 1) {
        seconds.clear(); // The first round is a warm-up.
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
    return seconds;
  }

  private static List<Figure> figures(
      String what, Map<String, List<Double>> seconds, double product) {
    double pass = median(seconds, "pass");
    double floor = Math.max(product, pass);
    String longer = (product > pass ? "its products at GEMM's rate, " : "a pass, ");
    String floorText = longer + Figure.seconds(floor);
    double read = median(seconds, "read");
    String readText = "reading the bytes, " + Figure.seconds(read);
    List<Figure> figures = new ArrayList<>();
    for (String layout : List.of("plain", "packed")) {
      double apply = median(seconds, layout + " apply");
      double change = median(seconds, layout + " switch");
      double restore = median(seconds, layout + " restore");
      String name = what + layout + ": ";
      figures.add(
          Figure.multiple(name + "apply", Figure.seconds(apply), floorText, apply / floor)
              .aim(APPLY_AIM));
      figures.add(
          Figure.multiple(name + "switch", Figure.seconds(change), floorText, change / floor)
              .aim(SWITCH_AIM));
      figures.add(
          Figure.multiple(name + "restore", Figure.seconds(restore), readText, restore / read)
              .aim(RESTORE_AIM));
    }
    return figures;
  }

  private static void time(String name, Map<String, List<Double>> seconds, Runnable work) {
    long start = System.nanoTime();
    work.run();
    double elapsed = (System.nanoTime() - start) / 1e9;
    seconds.computeIfAbsent(name, key -> new ArrayList<>()).add(elapsed);
  }

  private static double median(Map<String, List<Double>> seconds, String name) {
    List<Double> sorted = seconds.getOrDefault(name, List.of()).stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
