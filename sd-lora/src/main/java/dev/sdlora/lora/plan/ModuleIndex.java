package dev.sdlora.lora.plan;

import dev.sdlora.lora.format.NumberedKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The layers of a checkpoint under every spelling that LoRA files use for them. Built from the
 * model's own list: a name such as {@code lora_unet_down_blocks_0_…} cannot be cut at its
 * underscores, because layers have underscores in their names as well.
 *
 * <p>A key is a prefix (see {@link KeyPrefix}) and the layer's name: as diffusers or as CompVis's
 * code calls it (U-Nets), with full stops or underscores, for attention also as diffusers' old
 * attention processors call it. A name without prefix is looked up in all networks, the U-Net
 * first.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class ModuleIndex {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /** What old diffusers files call the projections of the text encoder. */
  private static final Map<String, String> TEXT_PROJECTIONS =
      Map.of(
          ".q_proj", ".to_q",
          ".k_proj", ".to_k",
          ".v_proj", ".to_v",
          ".out_proj", ".to_out");

  private static final Pattern PROJECTION = Pattern.compile("(.+)\\.to_(q|k|v|out)(?:\\.0)?");

  /** What PEFT puts before names, and some programs behind the name of the network. */
  static final String PEFT_MODEL = "base_model.model.";

  private static final String TEXT_MODEL = "text_model.";

  /** Where a name without a prefix is looked for first. */
  private static final List<Network> ORDER =
      List.of(Network.UNET, Network.TEXT_ENCODER, Network.TEXT_ENCODER_2);

  /** {@code base_model.model.unet.} is the deepest that was seen. */
  private static final int MAX_WRAPPERS = 2;

  private final Map<Network, Map<String, Layer>> bySpelling = new EnumMap<>(Network.class);
  private final Map<Network, Map<String, Layer>> byWeight = new EnumMap<>(Network.class);

  /** The layers in the order of files that count them, by what they count. */
  private final Map<NumberedKey, List<Layer>> counted = new ConcurrentHashMap<>();

  /**
   * An index of networks.
   *
   * @param shapes the weights of each network with their shapes, under their diffusers names
   */
  public ModuleIndex(Map<Network, Map<String, List<Long>>> shapes) {
    shapes.forEach(this::add);
  }

  private void add(Network network, Map<String, List<Long>> weights) {
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
    Map<String, Layer> spellings = new HashMap<>();
    modules.forEach(
        (module, weight) -> {
          for (String dotted : dotted(network, module, sgm)) {
            Layer layer = layers.get(weight);
            spellings.put(dotted, layer);
            spellings.put(dotted.replace('.', '_'), layer);
          }
        });
    byWeight.put(network, layers);
    bySpelling.put(network, spellings);
  }

  /** The names of a module with full stops. */
  private static Set<String> dotted(Network network, String module, Map<String, String> sgm) {
    List<String> names = new ArrayList<>(List.of(module));
    if (network == Network.UNET) {
      Optional.ofNullable(sgm.get(module)).ifPresent(names::add);
      for (String name : List.copyOf(names)) {
        Matcher projection = PROJECTION.matcher(name);
        if (projection.matches()) {
          String attention = projection.group(1);
          String part = ".to_" + projection.group(2);
          names.add(attention + part);
          names.add(attention + ".processor" + part);
          names.add(attention + ".processor" + name.substring(attention.length()));
        }
      }
    } else {
      TEXT_PROJECTIONS.forEach(
          (now, old) -> {
            if (module.endsWith(now)) {
              names.add(module.substring(0, module.length() - now.length()) + old);
            }
          });
      for (String name : List.copyOf(names)) {
        // Newer versions of transformers leave the middle part out, older ones have it.
        names.add(
            name.startsWith(TEXT_MODEL) ? name.substring(TEXT_MODEL.length()) : TEXT_MODEL + name);
      }
    }
    return new LinkedHashSet<>(names);
  }

  /** The layer that a LoRA file means by a module's name, or by a {@link NumberedKey}. */
  public Optional<Layer> find(String key) {
    Optional<NumberedKey> number = NumberedKey.parse(key);
    return number.isPresent() ? numbered(number.get()) : find(key, 0);
  }

  private Optional<Layer> find(String key, int wrappers) {
    for (KeyPrefix prefix : KeyPrefix.ALL) {
      if (key.startsWith(prefix.text())) {
        String rest = key.substring(prefix.text().length());
        Optional<Layer> found = Optional.empty();
        if (prefix.network().isPresent()) {
          Network network = prefix.network().get();
          found = spelled(network, rest).or(() -> spelled(network, withoutWrapper(rest)));
        } else if (wrappers < MAX_WRAPPERS) {
          found = find(rest, wrappers + 1);
        }
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return ORDER.stream().flatMap(network -> spelled(network, key).stream()).findFirst();
  }

  private static String withoutWrapper(String key) {
    return key.startsWith(PEFT_MODEL) ? key.substring(PEFT_MODEL.length()) : key;
  }

  private Optional<Layer> spelled(Network network, String name) {
    return Optional.ofNullable(bySpelling.getOrDefault(network, Map.of()).get(name));
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
