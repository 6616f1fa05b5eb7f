package dev.sdlora.lora.make;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.LoraException;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.make.Decomposition.Best;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adds up the changes of LoRAs, layer by layer, into the factors of one. The changes themselves are
 * never formed. Not safe for several threads.
 */
public final class Combination {
  private static final String WEIGHT = ".weight";

  private final Torch torch;
  private final TensorLoader loader;
  private final Factors factors;
  private final Decomposition decomposition;
  private final ModuleIndex index;
  private final Optional<RankRule> rule;

  /**
   * A way of adding up.
   *
   * @param index knows the names of layers, so that files with different styles come together;
   *     modules that it does not know keep their names
   * @param rule how large the factors may be; without one, those of all files are set side by side,
   *     which is exact
   */
  public Combination(Torch torch, ModuleIndex index, Optional<RankRule> rule) {
    this.torch = torch;
    this.loader = new TensorLoader(torch);
    this.factors = new Factors(torch, loader);
    this.decomposition = new Decomposition(torch);
    this.index = index;
    this.rule = rule;
  }

  /** One module of one file, with the strength that it counts at. */
  private record Source(LoraFile file, LoraModule module, double strength) {}

  /**
   * Adds the sum of LoRAs to a file.
   *
   * @throws LoraException if a module is not a product of two factors, or sizes differ, or a number
   *     is NaN or infinite
   * @throws dev.sdlora.api.TensorFileException if a file cannot be read or has changed
   */
  public void run(List<Ingredient> ingredients, AdapterFile target, MakingListener listener) {
    Map<String, List<Source>> groups = groups(ingredients);
    int done = 0;
    try (OpenFiles files = new OpenFiles()) {
      for (Map.Entry<String, List<Source>> group : groups.entrySet()) {
        combine(group.getKey(), group.getValue(), files, target);
        listener.done(++done, groups.size(), group.getKey());
      }
    }
  }

  /** What belongs to each layer, by kohya's name of it. */
  private Map<String, List<Source>> groups(List<Ingredient> ingredients) {
    Map<String, List<Source>> groups = new LinkedHashMap<>();
    for (Ingredient ingredient : ingredients) {
      for (LoraModule module : ingredient.file().modules()) {
        Optional<Layer> layer = index.find(module.key());
        double strength = ingredient.strength(network(module, layer));
        if (strength != 0) {
          groups
              .computeIfAbsent(key(module, layer), key -> new ArrayList<>())
              .add(new Source(ingredient.file(), module, strength));
        }
      }
    }
    return groups;
  }

  private static Network network(LoraModule module, Optional<Layer> layer) {
    boolean text = module.key().matches("(lora_te|text_encoder|text_model).*");
    return layer.map(Layer::network).orElse(text ? Network.TEXT_ENCODER : Network.UNET);
  }

  private static String key(LoraModule module, Optional<Layer> layer) {
    return layer
        .map(found -> KeyNames.KOHYA.key(found.network(), found.weight().replace(WEIGHT, "")))
        .orElse(module.key());
  }

  private void combine(String key, List<Source> sources, OpenFiles files, AdapterFile target) {
    try (NDManager scope = torch.scope()) {
      List<LowRank> products = new ArrayList<>();
      for (Source source : sources) {
        products.add(product(source, files, scope));
        requireSize(source, products, sources.get(0));
      }
      List<Long> shape = shape(sources, products.get(0));
      if (rule.isPresent()) {
        Best best = decomposition.of(products, rule.get());
        target.add(key, shape, best, best.rank());
      } else {
        // The common part of the scales goes into alpha, so that equal ones leave the factors alone.
        double common = products.stream().mapToDouble(p -> Math.abs(p.scale())).max().orElse(1);
        double divisor = common == 0 ? 1 : common;
        List<LowRank> relative =
            products.stream()
                .map(p -> new LowRank(p.up(), p.down(), p.scale() / divisor))
                .toList();
        Best best = decomposition.concatenation(relative);
        target.add(key, shape, best, divisor * best.rank());
      }
    }
  }

  private LowRank product(Source source, OpenFiles files, NDManager scope) {
    LoraModule module = source.module();
    LowRank product =
        factors
            .lowRank(files.of(source.file().file()), module, source.strength(), scope)
            .orElseThrow(() -> noProduct(source));
    if (!Double.isFinite(product.scale())
        || !loader.isFinite(product.up())
        || !loader.isFinite(product.down())) {
      throw new LoraException(
          "LoRA '%s': module '%s' holds NaN or infinity; its training probably failed"
              .formatted(source.file().file().path(), module.key()));
    }
    return product;
  }

  private static LoraException noProduct(Source source) {
    LoraModule module = source.module();
    String kind = module.kind().label();
    if (module.kind() == Kind.LORA && module.find(Part.DORA_SCALE).isPresent()) {
      kind = "DoRA";
    }
    return new LoraException(
        "LoRA '%s': module '%s' is %s, which is not a product of two factors; bake the file into a checkpoint"
                .formatted(source.file().file().path(), module.key(), kind)
            + " and extract a LoRA from the difference");
  }

  private static void requireSize(Source source, List<LowRank> products, Source first) {
    LowRank last = products.get(products.size() - 1);
    if (rows(last.up()) != rows(products.get(0).up())
        || columns(last.down()) != columns(products.get(0).down())) {
      throw new LoraException(
          "LoRA '%s' changes a %d×%d matrix by module '%s', but '%s' a %d×%d one; they were probably"
                  .formatted(
                      source.file().file().path(),
                      rows(last.up()),
                      columns(last.down()),
                      source.module().key(),
                      first.file().file().path(),
                      rows(products.get(0).up()),
                      columns(products.get(0).down()))
              + " trained for different models");
    }
  }

  private static long rows(NDArray matrix) {
    return matrix.getShape().get(0);
  }

  private static long columns(NDArray matrix) {
    return matrix.getShape().get(1);
  }

  /** The shape of the layer's weight as far as the files show it. */
  private List<Long> shape(List<Source> sources, LowRank product) {
    List<Long> shape = List.of(rows(product.up()), columns(product.down()));
    for (Source source : sources) {
      List<Long> own = shape(source.module(), shape);
      if (own.size() > shape.size()) {
        return own;
      }
    }
    return shape;
  }

  private List<Long> shape(LoraModule module, List<Long> matrix) {
    List<Long> inputs = new ArrayList<>(List.of(matrix.get(0)));
    if (module.kind() == Kind.LORA) {
      List<Long> down = module.part(Part.LORA_DOWN).shape();
      List<Long> kernel = module.find(Part.LORA_MID).map(mid -> mid.shape()).orElse(down);
      inputs.add(down.get(1));
      kernel.stream().skip(2).forEach(inputs::add);
      return inputs;
    }
    return index
        .find(module.key())
        .filter(layer -> layer.out() == matrix.get(0) && layer.in() == matrix.get(1))
        .map(Layer::shape)
        .orElse(matrix);
  }
}
