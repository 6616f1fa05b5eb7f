package dev.sdlora.lora.make;

import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.make.Conversion.Named;
import dev.sdlora.lora.plan.Network;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * PEFT's settings of an adapter, as diffusers (since 0.34) stores them in a file: the arguments of
 * PEFT's {@code LoraConfig} for each network, prefixed with the network's name and a dot.
 */
final class PeftConfig {
  /** The key of the settings in the metadata. */
  static final String KEY = "lora_adapter_metadata";

  private PeftConfig() {}

  /** The settings as JSON; empty if every scale is 1, which is the default of readers. */
  static Optional<String> of(List<Named> modules, LayerNames names) {
    if (modules.stream().allMatch(module -> module.scale() == 1)) {
      return Optional.empty();
    }
    Map<String, Object> config = new LinkedHashMap<>();
    for (Network network : Network.values()) {
      List<Named> own =
          modules.stream().filter(module -> module.layer().network() == network).toList();
      if (!own.isEmpty()) {
        String prefix = names.key(network, "");
        network(own).forEach((name, value) -> config.put(prefix + name, value));
      }
    }
    return Optional.of(AdapterMetadata.json(config));
  }

  private static Map<String, Object> network(List<Named> modules) {
    int rank = mostCommon(modules, named -> named.module().rank());
    double alpha = mostCommon(modules, Named::alpha);
    Map<String, Object> ranks = new TreeMap<>();
    Map<String, Object> alphas = new TreeMap<>();
    for (Named named : modules) {
      if (named.module().rank() != rank) {
        ranks.put(named.name(), named.module().rank());
      }
      if (named.alpha() != alpha) {
        alphas.put(named.name(), named.alpha());
      }
    }
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("r", rank);
    config.put("lora_alpha", alpha);
    config.put("rank_pattern", ranks);
    config.put("alpha_pattern", alphas);
    config.put("target_modules", modules.stream().map(Named::name).sorted().toList());
    config.put("use_rslora", false);
    config.put(
        "use_dora", modules.stream().anyMatch(m -> m.module().find(Part.DORA_SCALE).isPresent()));
    return config;
  }

  private static <T> T mostCommon(List<Named> modules, Function<Named, T> value) {
    Map<T, Long> counts =
        modules.stream()
            .collect(Collectors.groupingBy(value, LinkedHashMap::new, Collectors.counting()));
    return counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }
}
