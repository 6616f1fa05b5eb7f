package dev.sdlora.training.adapter;

import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.lora.plan.Blocks;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.training.option.LayerRule;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Applies the rules for layers to the layers of a model. */
public final class LayerRules {
  /** The name of the middle block in extensions of A1111. */
  private static final String EXTENSIONS_MID = "M00";

  private final List<LayerRule> rules;
  private final Blocks blocks;

  /**
   * Creates rules for a model.
   *
   * @param rules the rules, the most important first
   * @param weights the diffusers names of all weights of the network, which decide how its blocks
   *     are numbered
   */
  public LayerRules(List<LayerRule> rules, Collection<String> weights) {
    this.rules = List.copyOf(rules);
    this.blocks = new Blocks(weights);
  }

  /** The first rule that matches a layer. */
  public Optional<LayerRule> of(Network network, String layer) {
    return rules.stream().filter(rule -> matches(rule, network, layer)).findFirst();
  }

  private boolean matches(LayerRule rule, Network network, String layer) {
    String wanted = rule.layers().equals(EXTENSIONS_MID) ? BlockWeights.MID : rule.layers();
    return wanted.equals(block(network, layer)) || Pattern.matches(rule.layers(), layer);
  }

  private String block(Network network, String layer) {
    return network == Network.UNET ? blocks.of(layer + ".weight") : BlockWeights.BASE;
  }

  /**
   * Checks that each rule matches a layer.
   *
   * @param layers the layers that are trained unless a rule leaves them out
   * @throws IllegalArgumentException if a rule matches none, or if the rules leave no layer of the
   *     denoiser
   */
  public void requireMatches(Map<Network, List<String>> layers) {
    for (LayerRule rule : rules) {
      boolean found =
          layers.entrySet().stream()
              .anyMatch(
                  own ->
                      own.getValue().stream()
                          .anyMatch(layer -> matches(rule, own.getKey(), layer)));
      if (!found) {
        Checks.require(
            false,
            "rules",
            "match layers that are trained" + Nearest.question(rule.layers(), names(layers)),
            rule.layers());
      }
    }
    List<String> denoiser = layers.getOrDefault(Network.UNET, List.of());
    Checks.require(
        rules.isEmpty()
            || denoiser.stream()
                .anyMatch(layer -> of(Network.UNET, layer).map(LayerRule::trained).orElse(true)),
        "rules",
        "leave a layer of the denoiser to train",
        rules.stream().map(LayerRule::layers).toList());
  }

  private Set<String> names(Map<Network, List<String>> layers) {
    Set<String> names = new LinkedHashSet<>();
    layers.forEach(
        (network, own) ->
            own.forEach(
                layer -> {
                  names.add(block(network, layer));
                  names.add(layer);
                }));
    return names;
  }
}
