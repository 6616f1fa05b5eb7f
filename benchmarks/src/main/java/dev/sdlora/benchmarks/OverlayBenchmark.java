package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.benchmarks.model.RandomTensors;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.UNet;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.overlay.Overlay;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Measures U-Net calls with LoRAs that are computed next to the weights instead of patched into
 * them, as a multiple of calls without LoRAs. The calls, of two latents as with guidance,
 * alternate, so that all see the same state of the machine.
 */
public final class OverlayBenchmark {
  private static final int TOKENS = 77;
  private static final String NONE = "none";
  private static final String ONE = "one LoRA";
  private static final String TWO = "two LoRAs";

  /** In multiples of calls without LoRAs. */
  private static final double ONE_AIM = 1.06;

  private static final double TWO_AIM = 1.08;

  private OverlayBenchmark() {}

  /**
   * Runs the benchmark: {@code CHECKPOINT [--size PIXELS] [--rank N] [--rounds N] [--bits 32|16]}.
   */
  public static void main(String[] args) throws IOException {
    Arguments arguments =
        Arguments.parse(
            args,
            "OverlayBenchmark CHECKPOINT [--size PIXELS] [--rank N] [--rounds N] [--bits 32|16]",
            Map.of("--size", 512, "--rank", 16, "--rounds", 5, "--bits", 32));
    FigureTable.print(run(arguments));
  }

  /** Measures with two LoRAs written for the checkpoint. */
  static List<Figure> run(Arguments arguments) throws IOException {
    UNetFiles files = CheckpointReader.read(arguments.file());
    ScalarType type = arguments.type();
    int size = arguments.number("--size");
    int rank = arguments.number("--rank");
    ModelConfig config = ModelConfig.of(files);
    Path folder = Files.createTempDirectory("loras");
    List<Path> loras = List.of(folder.resolve("a.safetensors"), folder.resolve("b.safetensors"));
    try (Torch torch = Torch.open("cpu")) {
      for (int i = 0; i < loras.size(); i++) {
        WriteLora.write(config, rank, i + 1, loras.get(i));
      }
      try (LiveWeights weights =
          LiveWeights.load(
              torch,
              new TensorLoader(torch),
              files.unet().weights(),
              type,
              FullModelPatchBenchmark.packings(torch, files, type))) {
        UNet unet = new UNet(torch, files.unet().config(), weights);
        Map<Network, Map<String, List<Long>>> shapes = Map.of(Network.UNET, weights.shapes());
        List<PatchPlan> plans = loras.stream().map(lora -> plan(files, shapes, lora)).toList();
        Overlays overlays = new Overlays(torch);
        try (Overlay one = overlays.open(plans.subList(0, 1), shapes, type);
            TensorDict oneDict = dict(weights, one);
            Overlay two = overlays.open(plans, shapes, type);
            TensorDict twoDict = dict(weights, two)) {
          Map<String, UNet> variants = new LinkedHashMap<>();
          variants.put(NONE, unet);
          variants.put(ONE, unet.reading(() -> oneDict));
          variants.put(TWO, unet.reading(() -> twoDict));
          Map<String, Double> best = measure(torch, variants, size, arguments.number("--rounds"));
          String what = "rank %s, %s², %s".formatted(rank, size, Arguments.name(type));
          return List.of(figure(best, ONE, what, ONE_AIM), figure(best, TWO, what, TWO_AIM));
        }
      }
    } finally {
      for (Path lora : loras) {
        Files.deleteIfExists(lora);
      }
      Files.delete(folder);
    }
  }

  /** Returns the changes that a LoRA makes to the networks of a checkpoint. */
  static PatchPlan plan(ModelFiles files, Map<Network, Map<String, List<Long>>> shapes, Path lora) {
    return PatchPlan.of(
        ModuleIndex.of(shapes, files.checkpoint().family()),
        files.checkpoint().path().toString(),
        files.checkpoint().family(),
        List.of(new LoraUse("random", LoraFile.open(lora), 1, 1)));
  }

  /** Returns weights together with LoRAs. */
  static TensorDict dict(LiveWeights weights, Overlay overlay) {
    Map<String, NDArray> all = new LinkedHashMap<>(overlay.tensors(Network.UNET));
    all.putAll(weights.entries());
    return TensorDict.of(all);
  }

  private static Figure figure(Map<String, Double> best, String loras, String what, double aim) {
    return figure(
        best.getOrDefault(NONE, Double.NaN),
        best.getOrDefault(loras, Double.NaN),
        loras + ", " + what + ": a call of the U-Net",
        aim);
  }

  /** Compares the seconds of a call with LoRAs with those of a call without. */
  static Figure figure(double plain, double call, String what, double aim) {
    return Figure.multiple(
            "overlay of " + what,
            Figure.seconds(call),
            "a call without, " + Figure.seconds(plain),
            call / plain)
        .aim(aim);
  }

  /** Returns the seconds of the shortest calls. */
  private static Map<String, Double> measure(
      Torch torch, Map<String, UNet> variants, int size, int rounds) {
    try (NDManager scope = torch.scope()) {
      UNet any = variants.values().iterator().next();
      Random random = new Random(1);
      // The U-Net takes float32 and computes in the dtype of its weights.
      NDArray latents = RandomTensors.normal(random, scope, 2, 4, size / 8, size / 8);
      NDArray context = RandomTensors.normal(random, scope, 2, TOKENS, any.config().contextWidth());
      NDArray times = Torch.floats(scope, new float[] {500, 500}, 2);
      Map<String, Supplier<NDArray>> calls = new LinkedHashMap<>();
      variants.forEach(
          (name, unet) -> calls.put(name, () -> unet.predict(latents, times, context, scope)));
      return ShortestCalls.seconds(calls, rounds);
    }
  }
}
