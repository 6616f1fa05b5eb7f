package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.benchmarks.model.FlowConfig;
import dev.sdlora.benchmarks.model.LinearLayers;
import dev.sdlora.benchmarks.model.RandomTensors;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TextParts;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.flux1.Flux1Config;
import dev.sdlora.families.flux1.OwnLayers;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.sd3.Sd3Config;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.families.transformer.Qwen3;
import dev.sdlora.families.transformer.Qwen3Config;
import dev.sdlora.families.transformer.T5;
import dev.sdlora.families.transformer.T5Config;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.families.transformer.TransformerPacking;
import dev.sdlora.lora.overlay.Overlay;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.speed.TransformerWork;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.tensors.natives.Natives;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Measures the largest text encoder and the denoiser of a model with a diffusion transformer, one
 * after the other, as pipelines load them: reading and packing the weights, as a multiple of
 * reading their bytes; a call, as a share of the rate of its linear layers alone; and a call with a
 * LoRA that is computed next to the weights, as a multiple of one without. Calls alternate, so that
 * all see the same state of the machine.
 */
public final class TransformerBenchmark {
  private static final String ALONE = "linear layers alone";
  private static final String CALL = "call";
  private static final String WITH_LORA = "call with a LoRA";

  private static final double TEXT_AIM = 0.80;
  private static final double CALL_AIM = 0.85;
  private static final double READY_AIM = 2;
  private static final double LORA_AIM = 1.06;

  /** A long prompt, for networks that read no padding. */
  private static final int UNPADDED_TOKENS = 96;

  private static final int FLUX1_TOKENS = 512;

  /** 77 of CLIP and 256 of T5. */
  private static final int SD3_TOKENS = 333;

  private static final float GUIDANCE = 3.5f;

  private final Torch torch;
  private final TransformerModel model;
  private final FlowConfig all;
  private final Arguments arguments;
  private final int blocks;

  private TransformerBenchmark(Torch torch, TransformerModel model, Arguments arguments) {
    this.torch = torch;
    this.model = model;
    this.all = FlowConfig.of(model);
    this.arguments = arguments;
    int limit = arguments.number("--blocks");
    this.blocks = limit > 0 ? limit : Integer.MAX_VALUE;
  }

  /**
   * Runs the benchmark: {@code TRANSFORMER [--size PIXELS] [--text TOKENS] [--rank N] [--blocks N]
   * [--rounds N] [--bits 16|32]}. A size, a text or a rank of 0 leaves the denoiser, the text
   * encoder or the LoRA out; with {@code --blocks}, only the first blocks of each kind are read.
   */
  public static void main(String[] args) throws IOException {
    Arguments arguments =
        Arguments.parse(
            args,
            "TransformerBenchmark TRANSFORMER [--size PIXELS] [--text TOKENS] [--rank N]"
                + " [--blocks N] [--rounds N] [--bits 16|32]",
            Map.of(
                "--size",
                512,
                "--text",
                512,
                "--rank",
                16,
                "--blocks",
                0,
                "--rounds",
                2,
                "--bits",
                16));
    FigureTable.print(run(arguments));
  }

  /**
   * Measures what the arguments select.
   *
   * @throws IllegalArgumentException if the checkpoint has a U-Net
   */
  static List<Figure> run(Arguments arguments) throws IOException {
    ModelFiles files = CheckpointReader.open(arguments.file(), CheckpointParts.DEFAULT);
    if (!(files instanceof TransformerModel model)) {
      throw new IllegalArgumentException(
          "'%s' is %s, expected a model with a diffusion transformer"
              .formatted(arguments.file(), files.checkpoint().family().label()));
    }
    List<Figure> figures = new ArrayList<>();
    try (Torch torch = Torch.open("cpu")) {
      TransformerBenchmark benchmark = new TransformerBenchmark(torch, model, arguments);
      if (arguments.isOn("--text")) {
        figures.addAll(benchmark.textEncoder(arguments.number("--text")));
      }
      if (arguments.isOn("--size")) {
        figures.addAll(benchmark.denoiser(arguments.number("--size"), arguments.number("--rank")));
      }
    }
    return figures;
  }

  private List<Figure> textEncoder(int tokens) throws IOException {
    return model.texts() instanceof TextParts.ClipAndT5 both
        ? t5(both.t5().orElseThrow(), tokens)
        : qwen(model.qwen(), tokens);
  }

  private List<Figure> qwen(TextParts.Qwen qwen, int tokens) throws IOException {
    Qwen3Config config = qwen.encoder().config();
    int read = Math.min(blocks, qwen.layersRead());
    List<Integer> states = read < qwen.layersRead() ? List.of(read) : qwen.layers();
    Map<String, Packing> packings = ifFaster(Qwen3.packings(config, read));
    try (LiveWeights weights = unread(qwen.encoder(), config.weights(read), packings)) {
      Qwen3 network = new Qwen3(torch, config, weights);
      int[] ids = ids(tokens, config.vocabulary());
      TransformerWork work = TransformerWork.of(config, read, tokens);
      return encoding(
          weights, work, packings, scope -> network.states(ids, tokens, states, scope), tokens);
    }
  }

  private List<Figure> t5(ModelFiles.Part<T5Config> part, int tokens) throws IOException {
    T5Config config = FlowConfig.first(part.config(), blocks);
    Map<String, Packing> packings = ifFaster(T5.packings(config));
    try (LiveWeights weights = unread(part, config.weights(), packings)) {
      T5 network = new T5(torch, config, weights);
      int[] ids = ids(tokens, config.vocabulary());
      TransformerWork work = TransformerWork.of(config, tokens);
      return encoding(
          weights, work, packings, scope -> network.states(ids, ids.length, scope), tokens);
    }
  }

  private Map<String, Packing> ifFaster(Map<String, Packing> packings) {
    return TransformerPacking.isFaster(torch, arguments.type()) ? packings : Map.of();
  }

  private static int[] ids(int tokens, int vocabulary) {
    return new Random(1).ints(tokens, 0, vocabulary).toArray();
  }

  private List<Figure> encoding(
      LiveWeights weights,
      TransformerWork work,
      Map<String, Packing> packings,
      Function<NDManager, NDArray> call,
      int tokens)
      throws IOException {
    try (NDManager scope = torch.scope()) {
      List<Figure> figures = new ArrayList<>(List.of(ready("text encoder", weights)));
      Map<String, Supplier<NDArray>> calls = alone(weights, work, packings, scope);
      calls.put(CALL, () -> call.apply(scope));
      Map<String, Double> best = ShortestCalls.seconds(calls, arguments.number("--rounds"));
      String name = "text encoding, %s, %s tokens, %s".formatted(title(), tokens, type());
      figures.add(share(name, work, best).aim(TEXT_AIM));
      weights.giveBack();
      return figures;
    }
  }

  private List<Figure> denoiser(int size, int rank) throws IOException {
    TransformerConfig config = FlowConfig.first(model.transformer().config(), blocks);
    Map<String, Packing> packings = config.packings(torch, arguments.type());
    try (LiveWeights weights =
            unread(
                model.transformer(), config.weights(), packings, name -> all.stored(name, config));
        NDManager scope = torch.scope()) {
      List<Figure> figures = new ArrayList<>(List.of(ready("denoiser", weights)));
      int side = size / all.vae().sampledFactor();
      int text = tokens();
      int patch = all.family() == ModelFamily.FLUX2 ? 1 : 2;
      TransformerWork work = TransformerWork.of(config, side / patch * (side / patch), text);
      DiffusionTransformer network = config.network(torch, weights);
      Random random = new Random(1);
      DiffusionTransformer.Input input =
          new DiffusionTransformer.Input(
              RandomTensors.normal(random, scope, 1, all.vae().sampledChannels(), side, side),
              scope.create(new float[] {0.5f}),
              RandomTensors.normal(random, scope, 1, text, config.contextWidth()),
              List.of(text),
              List.of(),
              added(config, random, scope));
      Map<String, Supplier<NDArray>> calls = alone(weights, work, packings, scope);
      calls.put(CALL, () -> network.predict(input, scope));
      List<PatchPlan> plans = rank > 0 ? List.of(plan(config, weights, rank)) : List.of();
      String what = "%s, %s², %s".formatted(title(), size, type());
      try (Overlay overlay =
              new Overlays(torch)
                  .open(plans, Map.of(Network.UNET, weights.shapes()), arguments.type());
          TensorDict dict = OverlayBenchmark.dict(weights, overlay)) {
        if (rank > 0) {
          DiffusionTransformer other = network.reading(() -> dict);
          calls.put(WITH_LORA, () -> other.predict(input, scope));
        }
        Map<String, Double> best = ShortestCalls.seconds(calls, arguments.number("--rounds"));
        figures.add(share("denoiser, " + what, work, best).aim(CALL_AIM));
        if (rank > 0) {
          figures.add(
              OverlayBenchmark.figure(
                  seconds(best, CALL),
                  seconds(best, WITH_LORA),
                  "one LoRA, rank %s, %s: a call of the denoiser".formatted(rank, what),
                  LORA_AIM));
        }
      }
      weights.giveBack();
      return figures;
    }
  }

  /** Returns the number of the prompt's tokens that the denoiser reads. */
  private int tokens() {
    return switch (all.family()) {
      case FLUX2 -> QwenPrompt.LENGTH;
      case FLUX1 -> FLUX1_TOKENS;
      case SD3 -> SD3_TOKENS;
      default -> UNPADDED_TOKENS;
    };
  }

  private static AddedConditions added(TransformerConfig config, Random random, NDManager scope) {
    if (config instanceof Flux1Config flux1 && flux1.modulation() instanceof OwnLayers own) {
      return new AddedConditions(
          RandomTensors.normal(random, scope, 1, own.pooledWidth()),
          Torch.floats(scope, new float[] {GUIDANCE}, 1, 1));
    }
    AddedConditions none = AddedConditions.none(1, scope);
    return config instanceof Sd3Config sd3
        ? new AddedConditions(
            RandomTensors.normal(random, scope, 1, sd3.pooledWidth()), none.guidance())
        : none;
  }

  private Map<String, Supplier<NDArray>> alone(
      LiveWeights weights, TransformerWork work, Map<String, Packing> packings, NDManager scope) {
    LinearLayers layers = new LinearLayers(torch, weights, work, packings, scope);
    return new LinkedHashMap<>(Map.of(ALONE, () -> layers.run(scope)));
  }

  private static double seconds(Map<String, Double> best, String call) {
    return best.getOrDefault(call, Double.NaN);
  }

  private static Figure share(String name, TransformerWork work, Map<String, Double> best) {
    double rate = work.ofLayers() / seconds(best, ALONE);
    double seconds = seconds(best, CALL);
    return Figure.share(
        name,
        Figure.seconds(seconds),
        "its linear layers alone, " + Figure.gigaflops(rate),
        work.operations() / seconds / rate);
  }

  /** Reads the weights when the page cache has as much of them as it can hold. */
  private Figure ready(String network, LiveWeights weights) throws IOException {
    readBytes(weights);
    double bytes = readBytes(weights);
    long start = System.nanoTime();
    weights.read();
    double seconds = (System.nanoTime() - start) / 1e9;
    return Figure.multiple(
            "start, %s, %s: %s read%s"
                .formatted(title(), type(), network, weights.isPacked() ? " and packed" : ""),
            Figure.seconds(seconds),
            "reading and converting its bytes, " + Figure.seconds(bytes),
            seconds / bytes)
        .aim(READY_AIM);
  }

  /** Returns the seconds for reading as many bytes as the weights have in each file. */
  private double readBytes(LiveWeights weights) throws IOException {
    Map<Path, Long> stored = new LinkedHashMap<>();
    weights
        .origins()
        .values()
        .forEach(each -> stored.merge(each.file().path(), each.entry().byteLength(), Long::sum));
    // The files have bfloat16, which float16 stands for.
    ScalarType type =
        arguments.type() == ScalarType.BFLOAT16 ? ScalarType.FLOAT16 : arguments.type();
    ReadingFloor floor = new ReadingFloor(torch);
    double seconds = 0;
    for (Map.Entry<Path, Long> file : stored.entrySet()) {
      seconds += floor.seconds(file.getKey(), file.getValue(), type);
    }
    Natives.returnFreedMemory();
    return seconds;
  }

  private LiveWeights unread(
      ModelFiles.Part<?> part, Map<String, List<Long>> wanted, Map<String, Packing> packings) {
    return unread(part, wanted, packings, UnaryOperator.identity());
  }

  /** Selects weights, which have other names in the file. */
  private LiveWeights unread(
      ModelFiles.Part<?> part,
      Map<String, List<Long>> wanted,
      Map<String, Packing> packings,
      UnaryOperator<String> stored) {
    Map<String, Origin> some = new LinkedHashMap<>();
    wanted
        .keySet()
        .forEach(
            name -> some.put(name, Objects.requireNonNull(part.weights().get(stored.apply(name)))));
    return LiveWeights.unread(torch, new TensorLoader(torch), some, arguments.type(), packings);
  }

  private PatchPlan plan(TransformerConfig config, LiveWeights weights, int rank)
      throws IOException {
    Path lora = Files.createTempFile("lora", ".safetensors");
    lora.toFile().deleteOnExit();
    WriteLora.write(new FlowConfig(all.family(), config, all.texts(), all.vae()), rank, 1, lora);
    return OverlayBenchmark.plan(model, Map.of(Network.UNET, weights.shapes()), lora);
  }

  private String title() {
    return all.title() + (blocks < Integer.MAX_VALUE ? ", " + blocks + " blocks" : "");
  }

  private String type() {
    return Arguments.name(arguments.type());
  }
}
