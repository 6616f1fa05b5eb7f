package dev.sdlora.lora.make;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.spi.MakingBackend.Ranks;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.make.LayerChange.Source;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.Placed;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Adds up the changes of LoRAs, layer by layer, into the factors of a single LoRA. Products of two
 * factors are never multiplied out. LoHa, LoKr and full differences are, and require the layer's
 * size and a rank; changes of biases and normalisations are simply added. Not safe for use by
 * several threads.
 */
public final class Combination {
  private static final String WEIGHT = ".weight";

  /** Layer names of text encoders, for layers that the index does not know. */
  private static final Pattern TEXT_ENCODER =
      Pattern.compile(
          "(?:base_model\\.model\\.|lora_|oft_|lycoris_)?"
              + "(?:te[12]?_|text_|clip_[lgh]\\.|cond_stage_model\\.|conditioner\\.).*");

  private final Torch torch;
  private final TensorLoader loader;
  private final Factors factors;
  private final Decomposition decomposition;
  private final ModuleIndex index;
  private final LayerNames names;
  private final Optional<Ranks> rule;

  /**
   * Creates a combination.
   *
   * @param index the index of layer names, so that files with different naming styles can be
   *     combined; modules that it does not know keep their names
   * @param names kohya's names of layers
   * @param rule the limit of the factors' rank; if empty, the factors of all files are
   *     concatenated, which is exact
   */
  public Combination(Torch torch, ModuleIndex index, LayerNames names, Optional<Ranks> rule) {
    this.torch = torch;
    this.loader = new TensorLoader(torch);
    this.factors = new Factors(torch, loader);
    this.decomposition = new Decomposition(torch);
    this.index = index;
    this.names = names;
    this.rule = rule;
  }

  /**
   * Adds the sum of LoRAs and their bundled embeddings to a file.
   *
   * @throws LoraException if the change of a module depends on the weights, or sizes differ, or a
   *     number is NaN or infinite; or if no rank is given and a module is not a product of two
   *     factors
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public void run(List<LoraUse> uses, AdapterFile target, MakingListener listener) {
    Map<String, Group> groups = groups(uses);
    int done = 0;
    try (OpenFiles files = new OpenFiles()) {
      for (LoraUse use : uses) {
        target.addEmbeddings(use.file(), files.of(use.file().file()));
      }
      for (Map.Entry<String, Group> group : groups.entrySet()) {
        combine(group.getKey(), group.getValue(), files, target);
        listener.done(++done, groups.size(), group.getKey());
      }
    }
  }

  /** A layer, if known, with the modules that change it. */
  private record Group(Optional<Layer> layer, List<Source> sources) {}

  /** The groups of all layers, by kohya's name of the layer. */
  private Map<String, Group> groups(List<LoraUse> uses) {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (LoraUse use : uses) {
      Set<LoraModule> repeated = index.repeated(use.file().modules());
      for (LoraModule module : use.file().modules()) {
        if (repeated.contains(module)) {
          continue;
        }
        List<Placed> all = index.place(use.file().file(), module);
        for (Placed placed : all) {
          Layer layer = placed.layer();
          String key = names.key(layer.network(), layer.weight().replace(WEIGHT, ""));
          double strength = use.strength(layer.network(), index.block(layer), use.file().family());
          add(groups, key, Optional.of(layer), use, placed.module(), strength);
        }
        if (all.isEmpty()) {
          boolean text = TEXT_ENCODER.matcher(module.key()).matches();
          Network network = text ? Network.TEXT_ENCODER : Network.UNET;
          double strength = use.strength(network, BlockWeights.BASE, use.file().family());
          add(groups, module.key(), Optional.empty(), use, module, strength);
        }
      }
    }
    return groups;
  }

  private static void add(
      Map<String, Group> groups,
      String key,
      Optional<Layer> layer,
      LoraUse use,
      LoraModule module,
      double strength) {
    if (strength != 0) {
      groups
          .computeIfAbsent(key, k -> new Group(layer, new ArrayList<>()))
          .sources()
          .add(new Source(use.file(), module, strength, use.strength().rankLimit()));
    }
  }

  private void combine(String key, Group group, OpenFiles files, AdapterFile target) {
    Optional<Layer> layer = group.layer();
    List<Source> sources = group.sources();
    try (NDManager scope = torch.scope()) {
      LayerChange change = new LayerChange(factors, scope, layer);
      for (Source source : sources) {
        change.add(source, files.of(source.file().file()));
      }
      change.vectors().forEach((part, values) -> target.add(key, part, values));
      if (!change.whole().isEmpty()) {
        Ranks wanted = rule.orElseThrow(() -> needsRank(key, sources));
        FactorPair best =
            decomposition.of(
                decomposition.sum(change.products(), change.whole(), scope), wanted, false);
        target.add(key, layer.orElseThrow().shape(), best, best.rank());
      } else if (!change.products().isEmpty()) {
        List<Long> shape = shape(sources, change.products().get(0));
        add(key, shape, change.products(), target);
      }
    }
  }

  private void add(String key, List<Long> shape, List<LowRank> products, AdapterFile target) {
    if (rule.isPresent()) {
      FactorPair best = decomposition.of(products, rule.get());
      target.add(key, shape, best, best.rank());
      return;
    }
    // The common factor of the scales goes into alpha, so that equal scales leave the factors
    // unchanged.
    double common = products.stream().mapToDouble(p -> Math.abs(p.scale())).max().orElse(1);
    double divisor = common == 0 ? 1 : common;
    List<LowRank> relative =
        products.stream().map(p -> new LowRank(p.up(), p.down(), p.scale() / divisor)).toList();
    FactorPair best = decomposition.concatenation(relative);
    target.add(key, shape, best, divisor * best.rank());
  }

  private static LoraException needsRank(String key, List<Source> sources) {
    return new LoraException(
        "the changes of '%s' in %s are not products of two factors, so they cannot be concatenated;"
                .formatted(key, sources.stream().map(s -> s.file().file().path()).toList())
            + " set a rank to approximate their sum",
        Reason.UNSUPPORTED,
        ErrorDetails.NONE.withModule(key));
  }

  /** The shape of the layer's weight as far as the files define it. */
  private static List<Long> shape(List<Source> sources, LowRank product) {
    List<Long> shape = List.of(product.up().getShape().get(0), product.down().getShape().get(1));
    for (Source source : sources) {
      if (Factors.isFactorPair(source.module())) {
        List<Long> own = shape(source.module(), shape.get(0));
        shape = own.size() > shape.size() ? own : shape;
      }
    }
    return shape;
  }

  private static List<Long> shape(LoraModule module, long out) {
    List<Long> down = module.part(Part.LORA_DOWN).shape();
    List<Long> kernel = module.find(Part.LORA_MID).map(TensorEntry::shape).orElse(down);
    List<Long> shape = new ArrayList<>(List.of(out, down.get(1)));
    kernel.stream().skip(2).forEach(shape::add);
    return shape;
  }
}
