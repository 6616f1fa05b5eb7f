package dev.sdlora.training.step;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.transformer.RecordedProgram;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.lora.family.LayerTables;
import dev.sdlora.lora.family.TransformerRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The layers of a diffusion transformer as a training run has them: those of the checkpoint, except
 * that queries, keys and values of FLUX.2's double blocks are one layer, as in its authors' code.
 * LoRAs of other trainers change that layer, so one pair of factors changes all three.
 *
 * @param config the dimensions of the transformer
 */
public record FlowLayers(TransformerConfig config) {
  private static final String WEIGHT = ".weight";

  /** Blocks that image and text pass; Z-Image's refiners are not trained, as in ai-toolkit. */
  private static final Pattern BLOCK =
      Pattern.compile("(transformer_blocks|single_transformer_blocks|layers)\\.\\d+\\..*");

  /** A layer of several, with the ends of the names of its parts. */
  private record Fusion(String fused, List<String> parts) {}

  private static final List<Fusion> FUSIONS =
      List.of(
          new Fusion(".attn.to_qkv", List.of(".attn.to_q", ".attn.to_k", ".attn.to_v")),
          new Fusion(
              ".attn.to_added_qkv",
              List.of(".attn.add_q_proj", ".attn.add_k_proj", ".attn.add_v_proj")));

  /**
   * Returns the weights of the checkpoint that each weight is made of, stacked by rows; most are
   * made of one.
   */
  public Map<String, List<String>> sources() {
    Map<String, List<String>> sources = new LinkedHashMap<>();
    for (String name : config.weights().keySet()) {
      Optional<Fusion> fusion = fusion(name);
      if (fusion.isEmpty()) {
        sources.put(name, List.of(name));
      } else if (name.endsWith(fusion.get().parts.get(0) + WEIGHT)) {
        String block = block(name, fusion.get());
        sources.put(
            block + fusion.get().fused + WEIGHT,
            fusion.get().parts.stream().map(part -> block + part + WEIGHT).toList());
      }
    }
    return sources;
  }

  /** Returns the names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    Map<String, List<Long>> own = config.weights();
    Map<String, List<Long>> weights = new LinkedHashMap<>();
    sources()
        .forEach(
            (name, parts) -> {
              List<Long> shape = own.getOrDefault(parts.get(0), List.of());
              weights.put(
                  name,
                  parts.size() == 1 ? shape : List.of(shape.get(0) * parts.size(), shape.get(1)));
            });
    return weights;
  }

  private Optional<Fusion> fusion(String weight) {
    if (config.recorded().filter(RecordedProgram::fuses).isEmpty()) {
      return Optional.empty();
    }
    return FUSIONS.stream()
        .filter(fusion -> fusion.parts.stream().anyMatch(part -> weight.endsWith(part + WEIGHT)))
        .findFirst();
  }

  private static String block(String weight, Fusion fusion) {
    return weight.substring(0, weight.length() - (fusion.parts.get(0) + WEIGHT).length());
  }

  /** Whether a layer is in one of the blocks that image and text pass. */
  public static boolean isInBlock(String layer) {
    return BLOCK.matcher(layer).matches();
  }

  /** Whether a layer belongs to an attention; a single block of FLUX.2 is one as a whole. */
  public static boolean isInAttention(String layer) {
    return layer.contains(".attn.") || layer.contains(".attention.");
  }

  /**
   * Returns the name of a layer in the code of its authors.
   *
   * @param layer its name here
   * @param family the family of the model
   */
  public static String authorsName(String layer, ModelFamily family) {
    String first = layer;
    for (Fusion fusion : FUSIONS) {
      if (layer.endsWith(fusion.fused)) {
        first = layer.substring(0, layer.length() - fusion.fused.length()) + fusion.parts.get(0);
      }
    }
    String name = first;
    return LayerTables.names(family)
        .flatMap(names -> names.other(name))
        .map(TransformerRule::other)
        .orElse(layer);
  }
}
