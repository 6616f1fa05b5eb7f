package dev.sdlora.lora.plan;

import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.NumberedKey;
import dev.sdlora.tensors.file.TensorFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The layers of a checkpoint under every spelling that LoRA files use for them. It is built from
 * the model's own list of layers, because a name such as {@code lora_unet_down_blocks_0_…} cannot
 * be split at its underscores: layer names contain underscores as well.
 *
 * <p>A key consists of a prefix (see {@link KeyPrefix}) and the layer's name: that of diffusers, of
 * CompVis's code (U-Nets) or of OpenCLIP (the larger text encoder), with dots or underscores, and
 * for attention also that of diffusers' old attention processors. A name without prefix is looked
 * up in all networks, the U-Net first. One name may mean several layers: OpenCLIP's {@code
 * attn.in_proj} stacks the query, key and value projections.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class ModuleIndex {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /** The prefix that PEFT puts before names, and some programs after the name of the network. */
  static final String PEFT_MODEL = "base_model.model.";

  /** The order in which networks are searched for a name without prefix. */
  private static final List<Network> ORDER =
      List.of(Network.UNET, Network.TEXT_ENCODER, Network.TEXT_ENCODER_2);

  /** {@code base_model.model.unet.} is the deepest nesting known. */
  private static final int MAX_WRAPPERS = 2;

  /**
   * The names in transformers of the projections that OpenCLIP stores in one, in the order of its
   * rows.
   */
  private static final List<String> FUSED = List.of("q_proj", "k_proj", "v_proj");

  private final Map<Network, Map<String, List<Layer>>> bySpelling = new EnumMap<>(Network.class);
  private final Map<Network, Map<String, Layer>> byWeight = new EnumMap<>(Network.class);

  private final Blocks blocks;

  /** The layers of files with numbered keys, in order, by the key of number 0. */
  private final Map<NumberedKey, List<Layer>> counted = new ConcurrentHashMap<>();

  /**
   * Creates an index of networks.
   *
   * @param shapes the weights of each network with their shapes, under their diffusers names
   */
  public ModuleIndex(Map<Network, Map<String, List<Long>>> shapes) {
    blocks = new Blocks(shapes.getOrDefault(Network.UNET, Map.of()).keySet());
    // With two text encoders, the larger is OpenCLIP's. A single one may be as well, and then has
    // no other names.
    Network openClip =
        shapes.containsKey(Network.TEXT_ENCODER_2) ? Network.TEXT_ENCODER_2 : Network.TEXT_ENCODER;
    shapes.forEach((network, weights) -> add(network, weights, network == openClip));
  }

  private void add(Network network, Map<String, List<Long>> weights, boolean openClip) {
    Map<String, Layer> layers = new LinkedHashMap<>();
    Map<String, String> modules = new LinkedHashMap<>();
    weights.forEach(
        (name, shape) -> {
          if (name.endsWith(WEIGHT) && !shape.isEmpty()) {
            String module = name.substring(0, name.length() - WEIGHT.length());
            Optional<String> bias = Optional.of(module + BIAS).filter(weights::containsKey);
            layers.put(name, new Layer(network, name, shape, bias));
            modules.put(module, name);
          }
        });
    Map<String, String> sgm =
        network == Network.UNET ? SgmNames.of(modules.keySet()) : Map.<String, String>of();
    Map<String, List<Layer>> spellings = new HashMap<>();
    modules.forEach(
        (module, weight) -> {
          List<Layer> layer = Stream.ofNullable(layers.get(weight)).toList();
          boolean unet = network == Network.UNET;
          spell(spellings, unet ? Spellings.unet(module, sgm) : Spellings.text(module), layer);
          if (openClip) {
            OpenClipNames.name(module)
                .ifPresent(name -> spell(spellings, Spellings.openClip(name), layer));
            OpenClipNames.fused(module)
                .ifPresent(
                    name -> spell(spellings, Spellings.openClip(name), fused(module, layers)));
          }
        });
    byWeight.put(network, layers);
    bySpelling.put(network, spellings);
  }

  /** Adds names with dots and the same names with underscores. */
  private static void spell(
      Map<String, List<Layer>> spellings, Collection<String> names, List<Layer> layers) {
    if (!layers.isEmpty()) {
      for (String dotted : names) {
        spellings.put(dotted, layers);
        spellings.put(dotted.replace('.', '_'), layers);
      }
    }
  }

  /** The query, key and value layers of an attention; none if they differ in size. */
  private static List<Layer> fused(String query, Map<String, Layer> layers) {
    String attention = query.substring(0, query.length() - FUSED.get(0).length());
    List<Layer> found =
        FUSED.stream()
            .flatMap(projection -> Stream.ofNullable(layers.get(attention + projection + WEIGHT)))
            .toList();
    boolean equal = found.stream().map(Layer::shape).distinct().count() == 1;
    return equal && found.size() == FUSED.size() ? found : List.of();
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
    Optional<NumberedKey> number = NumberedKey.parse(key);
    return number.isPresent() ? numbered(number.get()).stream().toList() : layers(key, 0);
  }

  /**
   * Assigns a module of a file to its layers.
   *
   * @return each layer that the module changes with the module or its rows; empty if there is none
   * @throws dev.sdlora.api.error.LoraException if it is for several layers and cannot be cut into
   *     their rows
   */
  public List<Placed> place(TensorFile file, LoraModule module) {
    return Placed.of(layers(module.key()), file, module);
  }

  /** The block of a layer, as named in {@link BlockWeights}. */
  public String block(Layer layer) {
    return layer.network() == Network.UNET ? blocks.of(layer.weight()) : BlockWeights.BASE;
  }

  private List<Layer> layers(String key, int wrappers) {
    for (KeyPrefix prefix : KeyPrefix.ALL) {
      if (key.startsWith(prefix.text())) {
        String rest = key.substring(prefix.text().length());
        List<Layer> found = List.of();
        if (prefix.network().isPresent()) {
          found = spelled(prefix.network().get(), withoutWrapper(rest));
        } else if (wrappers < MAX_WRAPPERS) {
          found = layers(rest, wrappers + 1);
        }
        if (!found.isEmpty()) {
          return found;
        }
      }
    }
    return ORDER.stream()
        .map(network -> spelled(network, key))
        .filter(layers -> !layers.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private static String withoutWrapper(String key) {
    return key.startsWith(PEFT_MODEL) ? key.substring(PEFT_MODEL.length()) : key;
  }

  private List<Layer> spelled(Network network, String name) {
    return bySpelling.getOrDefault(network, Map.of()).getOrDefault(name, List.of());
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

    /** Combines layers of equal size into the layer that results from stacking their rows. */
    static Layer joined(List<Layer> layers) {
      Layer first = layers.get(0);
      if (layers.size() == 1) {
        return first;
      }
      List<Long> shape = new ArrayList<>(first.shape);
      shape.set(0, first.out() * layers.size());
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
