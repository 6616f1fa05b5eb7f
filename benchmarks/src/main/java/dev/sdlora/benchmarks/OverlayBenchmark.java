package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.overlay.Overlay;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * What do LoRAs that ride beside the weights cost in a call of the U-Net, as a share of a call
 * without them? The calls, of two latents as with guidance, take turns, so that all see the same
 * machine.
 */
public final class OverlayBenchmark {
  private static final int TOKENS = 77;

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
    run(
        CheckpointReader.read(arguments.file()),
        arguments.number("--bits") == 32 ? ScalarType.FLOAT32 : ScalarType.BFLOAT16,
        arguments.number("--size"),
        arguments.number("--rank"),
        arguments.number("--rounds"),
        System.out);
  }

  /** Measures with two LoRAs that it writes for the checkpoint, and prints a table. */
  static void run(
      ModelFiles files, ScalarType type, int size, int rank, int rounds, PrintStream out)
      throws IOException {
    ModelConfig config = ModelConfig.of(files);
    Path folder = Files.createTempDirectory("loras");
    List<Path> loras = List.of(folder.resolve("a.safetensors"), folder.resolve("b.safetensors"));
    try (Torch torch = Torch.open("cpu")) {
      for (int i = 0; i < loras.size(); i++) {
        WriteLora.write(config, rank, i + 1, loras.get(i));
      }
      List<PatchPlan> plans = loras.stream().map(lora -> plan(files, lora)).toList();
      try (LiveWeights weights =
          LiveWeights.load(
              torch,
              new TensorLoader(torch),
              files.unet().weights(),
              type,
              FullModelPatchBenchmark.packings(torch, files, type))) {
        UNet unet = new UNet(torch, files.unet().config(), weights);
        Map<Network, Map<String, List<Long>>> shapes = Map.of(Network.UNET, weights.shapes());
        Overlays overlays = new Overlays(torch);
        long start = System.nanoTime();
        try (Overlay one = overlays.open(plans.subList(0, 1), shapes, type);
            TensorDict oneDict = dict(weights, one)) {
          out.printf(
              Locale.ROOT, "reading an overlay: %.3f s%n", (System.nanoTime() - start) / 1e9);
          try (Overlay two = overlays.open(plans, shapes, type);
              TensorDict twoDict = dict(weights, two)) {
            Map<String, UNet> variants = new LinkedHashMap<>();
            variants.put("plain", unet);
            variants.put("one", unet.reading(() -> oneDict));
            variants.put("two", unet.reading(() -> twoDict));
            measure(torch, variants, size, rounds, out);
          }
        }
      }
    } finally {
      for (Path lora : loras) {
        Files.deleteIfExists(lora);
      }
      Files.delete(folder);
    }
  }

  private static PatchPlan plan(ModelFiles files, Path lora) {
    ModuleIndex index = new ModuleIndex(Map.of(Network.UNET, files.unet().config().weights()));
    return PatchPlan.of(
        index,
        files.checkpoint().path().toString(),
        files.checkpoint().family(),
        List.of(new LoraUse("random", LoraFile.open(lora), 1, 1)));
  }

  private static TensorDict dict(LiveWeights weights, Overlay overlay) {
    Map<String, NDArray> all = new LinkedHashMap<>(overlay.tensors(Network.UNET));
    all.putAll(weights.entries());
    return TensorDict.of(all);
  }

  private static void measure(
      Torch torch, Map<String, UNet> variants, int size, int rounds, PrintStream out) {
    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    try (NDManager scope = torch.scope()) {
      UNet any = variants.values().iterator().next();
      Random random = new Random(1);
      // The U-Net takes float32 and computes in the format of its weights.
      NDArray latents = normal(random, scope, 2, 4, size / 8, size / 8);
      NDArray context = normal(random, scope, 2, TOKENS, any.config().contextWidth());
      NDArray times = Torch.floats(scope, new float[] {500, 500}, 2);
      for (int i = 0; i <= rounds; i++) {
        if (i == 1) {
          seconds.clear(); // The first round warms up.
        }
        variants.forEach(
            (name, unet) -> {
              long start = System.nanoTime();
              unet.predict(latents, times, context, scope).close();
              seconds
                  .computeIfAbsent(name, key -> new ArrayList<>())
                  .add((System.nanoTime() - start) / 1e9);
            });
      }
    }
    double plain = best(seconds.getOrDefault("plain", List.of()));
    out.printf("%-8s %10s %10s %10s%n", "LoRAs", "median s", "best s", "x plain");
    seconds.forEach(
        (name, times) ->
            out.printf(
                Locale.ROOT,
                "%-8s %10.3f %10.3f %10.3f%n",
                name,
                median(times),
                best(times),
                best(times) / plain));
  }

  private static NDArray normal(Random random, NDManager scope, long... shape) {
    int count = 1;
    for (long side : shape) {
      count *= (int) side;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Torch.floats(scope, values, shape);
  }

  /** The calls are long, and the least disturbed ones compare best. */
  private static double best(List<Double> values) {
    return values.stream().min(Double::compare).orElseThrow();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
