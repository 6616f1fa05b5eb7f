package dev.sdlora.lora.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The layers of a checkpoint under every spelling that LoRA files use for them. Built from the
 * model's own list: a name such as {@code lora_unet_down_blocks_0_…} cannot be cut at its
 * underscores, because layers have underscores in their names as well.
 *
 * <p>Immutable.
 */
public final class ModuleIndex {
  private static final String WEIGHT = ".weight";

  /** What old diffusers files call the projections of the text encoder. */
  private static final Map<String, String> TEXT_PROJECTIONS =
      Map.of(
          ".q_proj", ".to_q",
          ".k_proj", ".to_k",
          ".v_proj", ".to_v",
          ".out_proj", ".to_out");

  private final Map<String, Layer> bySpelling = new HashMap<>();

  /**
   * An index of networks.
   *
   * @param shapes the weights of each network with their shapes, under their diffusers names
   */
  public ModuleIndex(Map<Network, Map<String, List<Long>>> shapes) {
    shapes.forEach(
        (network, weights) ->
            weights.forEach(
                (name, shape) -> {
                  if (name.endsWith(WEIGHT) && shape.size() >= 2) {
                    add(network, name, shape);
                  }
                }));
  }

  private void add(Network network, String weight, List<Long> shape) {
    Layer layer = new Layer(network, weight, shape);
    String module = weight.substring(0, weight.length() - WEIGHT.length());
    for (String spelling : spellings(network, module)) {
      bySpelling.put(spelling, layer);
    }
  }

  private static List<String> spellings(Network network, String module) {
    boolean unet = network == Network.UNET;
    String kohya = module.replace('.', '_');
    String folder = unet ? "unet." : "text_encoder.";
    List<String> all = new ArrayList<>();
    all.add((unet ? "lora_unet_" : "lora_te_") + kohya);
    if (!unet) {
      all.add("lora_te1_" + kohya);
    }
    List<String> dotted = new ArrayList<>(List.of(module));
    if (unet) {
      int projection = module.lastIndexOf(".to_");
      if (projection > 0) {
        String processor = module.substring(0, projection) + ".processor";
        dotted.add(processor + module.substring(projection).replace("to_out.0", "to_out"));
      }
    } else {
      TEXT_PROJECTIONS.forEach(
          (name, old) -> {
            if (module.endsWith(name)) {
              dotted.add(module.substring(0, module.length() - name.length()) + old);
            }
          });
    }
    for (String name : dotted) {
      all.add(name);
      all.add(folder + name);
      all.add("base_model.model." + name);
    }
    return all;
  }

  /** The layer that a LoRA file means by a module's name. */
  public Optional<Layer> find(String key) {
    return Optional.ofNullable(bySpelling.get(key));
  }

  /**
   * A layer that a LoRA can change.
   *
   * @param network where it is
   * @param weight the name of its weight
   * @param shape [out, in] or [out, in, k, k]
   */
  public record Layer(Network network, String weight, List<Long> shape) {
    /** Rows of the weight seen as a matrix. */
    public long out() {
      return shape.get(0);
    }

    /** Columns of the weight seen as a matrix. */
    public long in() {
      return shape.stream().skip(1).reduce(1L, Math::multiplyExact);
    }
  }
}
