package dev.sdlora.lora.plan;

import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.family.LayerTables;
import dev.sdlora.lora.family.TransformerNames;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.NumberedKey;
import dev.sdlora.tensors.file.TensorFile;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The layers of a checkpoint under every spelling that LoRA files use for them. It is built from
 * the model's own list of layers, because a name such as {@code lora_unet_down_blocks_0_…} cannot
 * be split at its underscores: layer names contain underscores as well.
 *
 * <p>The names of Stable Diffusion are in {@link UNetKeys}, those of diffusion transformers in
 * {@link TransformerKeys}. One name may mean several layers: other code may stack the query, key
 * and value projections in one matrix.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class ModuleIndex {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /** The prefix that PEFT puts before names, and some programs after the name of the network. */
  static final String PEFT_MODEL = "base_model.model.";

  private final Map<Network, Map<String, Layer>> byWeight = new EnumMap<>(Network.class);
  private final KeyLookup keys;
  private final Blocks blocks;

  /** The layers of files with numbered keys, in order, by the key of number 0. */
  private final Map<NumberedKey, List<Layer>> counted = new ConcurrentHashMap<>();

  /**
   * Creates an index of the networks of Stable Diffusion 1, 2 or XL.
   *
   * @param shapes the weights of each network with their shapes, under their diffusers names
   */
  public ModuleIndex(Map<Network, Map<String, List<Long>>> shapes) {
    this(shapes, UNetKeys::new);
  }

  private ModuleIndex(
      Map<Network, Map<String, List<Long>>> shapes,
      Function<Map<Network, Map<String, Layer>>, KeyLookup> names) {
    blocks = new Blocks(shapes.getOrDefault(Network.UNET, Map.of()).keySet());
    shapes.forEach((network, weights) -> byWeight.put(network, layers(network, weights)));
    keys = names.apply(byWeight);
  }

  /**
   * Creates an index of a diffusion transformer and its text encoder.
   *
   * @param shapes the weights of each network with their shapes, under their names in diffusers and
   *     transformers
   * @param family the model's family, which has further names for the layers
   */
  public static ModuleIndex of(
      Map<Network, Map<String, List<Long>>> shapes, TransformerNames family) {
    Map<Network, Map<String, List<Long>>> all = new EnumMap<>(Network.class);
    all.putAll(shapes);
    all.computeIfPresent(Network.UNET, (network, weights) -> ControlInput.with(weights));
    return new ModuleIndex(all, layers -> new TransformerKeys(layers, family));
  }

  /**
   * Creates an index of the networks of a family.
   *
   * @param shapes the weights of each network with their shapes, under their diffusers names
   */
  public static ModuleIndex of(Map<Network, Map<String, List<Long>>> shapes, ModelFamily family) {
    return LayerTables.names(family)
        .map(names -> of(shapes, names))
        .orElseGet(() -> new ModuleIndex(shapes));
  }

  private static Map<String, Layer> layers(Network network, Map<String, List<Long>> weights) {
    Map<String, Layer> layers = new LinkedHashMap<>();
    weights.forEach(
        (name, shape) -> {
          if (name.endsWith(WEIGHT) && !shape.isEmpty()) {
            String module = name.substring(0, name.length() - WEIGHT.length());
            Optional<String> bias = Optional.of(module + BIAS).filter(weights::containsKey);
            layers.put(name, new Layer(network, name, shape, bias));
          }
        });
    return layers;
  }

  /**
   * Finds the layer that a module's name or a {@link NumberedKey} refers to; empty if it refers to
   * none or several.
   */
  public Optional<Layer> find(String key) {
    List<Layer> layers = layers(key);
    return layers.size() == 1 ? Optional.of(layers.get(0)) : Optional.empty();
  }

  /**
   * The layers that a name refers to, usually one; several are in the order of the rows of their
   * module.
   */
  public List<Layer> layers(String key) {
    return stack(key).layers();
  }

  /** The layers that a name refers to, with the order of their rows. */
  Stack stack(String key) {
    Optional<NumberedKey> number = NumberedKey.parse(key);
    return number.isPresent()
        ? numbered(number.get()).map(Stack::of).orElse(Stack.NONE)
        : keys.find(key);
  }

  /**
   * Assigns a module of a file to its layers.
   *
   * @return each layer that the module changes with the module or its rows; empty if there is none
   * @throws dev.sdlora.api.error.LoraException if it is for several layers and cannot be cut into
   *     their rows
   */
  public List<Placed> place(TensorFile file, LoraModule module) {
    return Placed.of(stack(module.key()), file, module);
  }

  /** The modules of a file that say a second time, under other names, what its others say. */
  public Set<LoraModule> repeated(List<LoraModule> modules) {
    return Repetitions.of(this, modules);
  }

  /** The block of a layer, as named in {@link BlockWeights}. */
  public String block(Layer layer) {
    return layer.network() == Network.UNET ? blocks.of(layer.weight()) : BlockWeights.BASE;
  }

  private Optional<Layer> numbered(NumberedKey key) {
    Network network = key.network().equals("unet") ? Network.UNET : Network.TEXT_ENCODER;
    NumberedKey first =
        new NumberedKey(key.network(), 0, key.classes(), key.convolutions(), key.feedForwardLast());
    List<Layer> layers =
        counted.computeIfAbsent(
            first,
            any -> ModuleOrder.layers(byWeight.getOrDefault(network, Map.of()).values(), any));
    return key.index() < layers.size() ? Optional.of(layers.get(key.index())) : Optional.empty();
  }

  /**
   * A layer that a LoRA can change.
   *
   * @param network the network of the layer
   * @param weight the name of its weight
   * @param shape [out, in] or [out, in, k, k]; [channels] for a normalisation
   * @param bias the name of its bias, if it has one
   */
  public record Layer(Network network, String weight, List<Long> shape, Optional<String> bias) {
    /** Copies the shape. */
    public Layer {
      shape = List.copyOf(shape);
    }

    /** Combines layers with equal inputs into the layer that results from stacking their rows. */
    static Layer joined(List<Layer> layers) {
      Layer first = layers.get(0);
      if (layers.size() == 1) {
        return first;
      }
      List<Long> shape = new ArrayList<>(first.shape);
      shape.set(0, layers.stream().mapToLong(Layer::out).sum());
      String names = layers.stream().map(Layer::weight).collect(Collectors.joining("', '"));
      boolean biased = layers.stream().allMatch(layer -> layer.bias.isPresent());
      return new Layer(first.network, names, shape, first.bias.filter(bias -> biased));
    }

    /** The number of rows of the weight as a matrix. */
    public long out() {
      return shape.get(0);
    }

    /** The number of columns of the weight as a matrix; 1 for a normalisation. */
    public long in() {
      return shape.stream().skip(1).reduce(1L, Math::multiplyExact);
    }
  }
}
