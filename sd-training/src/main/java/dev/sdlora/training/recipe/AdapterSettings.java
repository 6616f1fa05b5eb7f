package dev.sdlora.training.recipe;

import dev.sdlora.api.value.Checks;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.training.adapter.ActivationFactors;
import dev.sdlora.training.adapter.AdapterModule;
import dev.sdlora.training.adapter.LayerRules;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.option.LayerRule;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.step.FlowLayers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The layers to train and the kind and size of their changes. */
public record AdapterSettings(
    int rank, double alpha, TrainedModules modules, boolean textEncoder, AdapterOptions options) {
  private static final String WEIGHT = ".weight";

  /**
   * The layers of a network to train.
   *
   * @throws IllegalArgumentException if the rank of a layer is larger than a side of its weight
   */
  public List<AdapterModule> modules(Network network, Map<String, List<Long>> weights) {
    LayerRules rules = new LayerRules(options.rules(), weights.keySet());
    List<AdapterModule> found = new ArrayList<>();
    for (String layer : layers(network, weights)) {
      Optional<LayerRule> rule = rules.of(network, layer);
      if (rule.map(LayerRule::trained).orElse(true)) {
        found.add(module(network, layer, weights.getOrDefault(layer + WEIGHT, List.of()), rule));
      }
    }
    return found;
  }

  /** The layers of a network to train unless a rule leaves them out. */
  private List<String> layers(Network network, Map<String, List<Long>> weights) {
    List<String> found = new ArrayList<>();
    weights.forEach(
        (weight, shape) -> {
          if (weight.endsWith(WEIGHT) && (shape.size() == 2 || shape.size() == 4)) {
            String layer = weight.substring(0, weight.length() - WEIGHT.length());
            if (isIncluded(network, layer) && isOfKind(layer)) {
              found.add(layer);
            }
          }
        });
    return found;
  }

  private boolean isIncluded(Network network, String layer) {
    boolean attention = modules == TrainedModules.ATTENTION;
    if (network != Network.UNET) {
      return layer.contains(".self_attn.") || (!attention && layer.contains(".mlp."));
    }
    if (FlowLayers.isInBlock(layer)) {
      return !attention || FlowLayers.isInAttention(layer);
    }
    return switch (modules) {
      case ATTENTION -> layer.contains(".attn1.") || layer.contains(".attn2.");
      case LINEAR -> layer.contains(".attentions.");
      case CONVOLUTIONS ->
          layer.contains(".attentions.")
              || layer.contains(".resnets.")
              || layer.contains(".downsamplers.")
              || layer.contains(".upsamplers.");
    };
  }

  private boolean isOfKind(String layer) {
    return options.kind() != AdapterKind.IA3 || ActivationFactors.of(layer).isPresent();
  }

  private AdapterModule module(
      Network network, String layer, List<Long> shape, Optional<LayerRule> rule) {
    boolean convolution = shape.stream().skip(2).anyMatch(side -> side > 1);
    int ofKernel = convolution ? options.convolutionRank().orElse(rank) : rank;
    double ofKernelAlpha = convolution ? options.convolutionAlpha().orElse(alpha) : alpha;
    AdapterModule module =
        new AdapterModule(
            network,
            layer,
            shape,
            rule.map(given -> given.rank().orElse(ofKernel)).orElse(ofKernel),
            rule.map(given -> given.alpha().orElse(ofKernelAlpha)).orElse(ofKernelAlpha),
            rule.map(LayerRule::rateFactor).orElse(1.0));
    if (options.kind() == AdapterKind.LORA || options.kind() == AdapterKind.LOHA) {
      long side = Math.min(module.out(), module.fanIn());
      Checks.require(
          module.rank() <= side,
          "rank",
          "be at most %s for layer '%s', whose weight is %s".formatted(side, layer, shape),
          module.rank());
    }
    return module;
  }

  /**
   * Checks that the options fit a model and its images.
   *
   * @param denoiser the names and shapes of the denoiser's weights, as it is trained
   * @param strengths the strengths of the images
   * @throws IllegalArgumentException if a rule matches no layer, or DoRA has images of another
   *     strength than 1
   */
  public void requireFits(
      ModelFiles model, Map<String, List<Long>> denoiser, List<Double> strengths) {
    Map<Network, List<String>> layers = new EnumMap<>(Network.class);
    layers.put(Network.UNET, layers(Network.UNET, denoiser));
    if (textEncoder) {
      model
          .patchable()
          .forEach(
              (network, origins) -> {
                if (network != Network.UNET) {
                  Map<String, List<Long>> shapes = new LinkedHashMap<>();
                  origins.forEach((name, origin) -> shapes.put(name, origin.shape()));
                  layers.put(network, layers(network, shapes));
                }
              });
    }
    new LayerRules(options.rules(), denoiser.keySet()).requireMatches(layers);
    for (double strength : strengths) {
      Checks.require(
          !options.dora() || strength == 1,
          "strength",
          "be 1 for DoRA, whose effect at other strengths differs between programs",
          strength);
    }
  }
}
