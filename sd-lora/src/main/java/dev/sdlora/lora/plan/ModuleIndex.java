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
 * The layers of a checkpoint under every spelling that LoRA files use for them. Built from the
 * model's own list: a name such as {@code lora_unet_down_blocks_0_…} cannot be cut at its
 * underscores, because layers have underscores in their names as well.
 *
 * <p>A key is a prefix (see {@link KeyPrefix}) and the layer's name: as diffusers or as CompVis's
 * code calls it (U-Nets) or OpenCLIP's (the larger text encoder), with full stops or underscores,
 * for attention also as diffusers' old attention processors call it. A name without prefix is
 * looked up in all networks, the U-Net first. One name may mean several layers: OpenCLIP's {@code
 * attn.in_proj} is the query, key and value projections one below another.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class ModuleIndex {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /** What PEFT puts before names, and some programs behind the name of the network. */
  static final String PEFT_MODEL = "base_model.model.";

  /** Where a name without a prefix is looked for first. */
  private static final List<Network> ORDER =
      List.of(Network.UNET, Network.TEXT_ENCODER, Network.TEXT_ENCODER_2);

  /** {@code base_model.model.unet.} is the deepest that was seen. */
  private static final int MAX_WRAPPERS = 2;

  /** What transformers calls the projections that OpenCLIP has in one, in the order of its rows. */
  private static final List<String> FUSED = List.of("q_proj", "k_proj", "v_proj");

  private final Map<Network, Map<String, List<Layer>>> bySpelling = new EnumMap<>(Network.class);
  private final Map<Network, Map<String, Layer>> byWeight = new EnumMap<>(Network.class);

  private final Blocks blocks;

  /** The layers in the order of files that count them, by what they count. */
  private final Map<NumberedKey, List<Layer>> counted = new ConcurrentHashMap<>();

  /**
   * An index of networks.
   *
   * @param shapes the weights of each network with their shapes, under their diffusers names
   */
  public ModuleIndex(Map<Network, Map<String, List<Long>>> shapes) {
    blocks = new Blocks(shapes.getOrDefault(Network.UNET, Map.of()).keySet());
    // Of two text encoders the larger is OpenCLIP's; one alone may be, and then has no other names.
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

  /** Notes names with full stops, and the same with underscores. */
  private static void spell(
      Map<String, List<Layer>> spellings, Collection<String> names, List<Layer> layers) {
    if (!layers.isEmpty()) {
      for (String dotted : names) {
        spellings.put(dotted, layers);
        spellings.put(dotted.replace('.', '_'), layers);
      }
    }
  }

  /** The layers beside a query's; none if they differ in size. */
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
   * The layer that a LoRA file means by a module's name, or by a {@link NumberedKey}; empty if it
   * means none or several.
   */
  public Optional<Layer> find(String key) {
    List<Layer> layers = layers(key);
    return layers.size() == 1 ? Optional.of(layers.get(0)) : Optional.empty();
  }

  /** The layers that a name means, in the order of the rows of a module for them; mostly one. */
  public List<Layer> layers(String key) {
    Optional<NumberedKey> number = NumberedKey.parse(key);
    return number.isPresent() ? numbered(number.get()).stream().toList() : layers(key, 0);
  }

  /**
   * A module of a file on its layers.
   *
   * @return a layer and the module for each that it changes; none if it is for no layer
   * @throws dev.sdlora.api.error.LoraException if it is for several and cannot be cut into their
   *     rows
   */
  public List<Placed> place(TensorFile file, LoraModule module) {
    return Placed.of(layers(module.key()), file, module);
  }

  /** The block that a layer is in, under the name that {@link BlockWeights} has for it. */
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
   * @param network where it is
   * @param weight the name of its weight
   * @param shape [out, in] or [out, in, k, k]; [channels] for a normalisation
   * @param bias the name of its bias, if it has one
   */
  public record Layer(Network network, String weight, List<Long> shape, Optional<String> bias) {
    /** Copies the shape. */
    public Layer {
      shape = List.copyOf(shape);
    }

    /** Layers of equal size as the one layer that they are where they lie one below another. */
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

    /** Rows of the weight seen as a matrix. */
    public long out() {
      return shape.get(0);
    }

    /** Columns of the weight seen as a matrix; 1 for a normalisation. */
    public long in() {
      return shape.stream().skip(1).reduce(1L, Math::multiplyExact);
    }
  }
}
