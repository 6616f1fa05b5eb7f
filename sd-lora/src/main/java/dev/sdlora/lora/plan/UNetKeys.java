package dev.sdlora.lora.plan;

import dev.sdlora.lora.plan.ModuleIndex.Layer;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The names of the layers of Stable Diffusion 1, 2 and XL. A key consists of a prefix (see {@link
 * KeyPrefix}) and the layer's name: that of diffusers, of CompVis's code (U-Nets) or of OpenCLIP
 * (the larger text encoder), with dots or underscores, and for attention also that of diffusers'
 * old attention processors. A name without prefix is looked up in all networks, the U-Net first.
 * OpenCLIP's {@code attn.in_proj} stacks the query, key and value projections.
 */
final class UNetKeys implements KeyLookup {
  private static final String WEIGHT = ".weight";

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

  /** Creates the names of a model's layers, by the names of their weights. */
  UNetKeys(Map<Network, Map<String, Layer>> networks) {
    // With two text encoders, the larger is OpenCLIP's. A single one may be as well, and then has
    // no other names.
    Network openClip =
        networks.containsKey(Network.TEXT_ENCODER_2)
            ? Network.TEXT_ENCODER_2
            : Network.TEXT_ENCODER;
    networks.forEach((network, layers) -> add(network, layers, network == openClip));
  }

  private void add(Network network, Map<String, Layer> layers, boolean openClip) {
    Map<String, String> modules = new LinkedHashMap<>();
    layers
        .keySet()
        .forEach(name -> modules.put(name.substring(0, name.length() - WEIGHT.length()), name));
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

  @Override
  public Stack find(String key) {
    List<Layer> layers = layers(key, 0);
    return layers.isEmpty() ? Stack.NONE : new Stack(layers, false, layers.size() == 1);
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
    return key.startsWith(ModuleIndex.PEFT_MODEL)
        ? key.substring(ModuleIndex.PEFT_MODEL.length())
        : key;
  }

  private List<Layer> spelled(Network network, String name) {
    return bySpelling.getOrDefault(network, Map.of()).getOrDefault(name, List.of());
  }
}
