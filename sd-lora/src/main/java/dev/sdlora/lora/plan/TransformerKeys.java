package dev.sdlora.lora.plan;

import dev.sdlora.lora.family.TransformerNames;
import dev.sdlora.lora.family.TransformerRule;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The names of the layers of a diffusion transformer and its text encoders, by one set of rules for
 * all families: a key is any number of prefixes, in any order, and a layer's name in the code of
 * diffusers or, by the family's {@link TransformerNames table}, of others. Dots and underscores are
 * the same, because trainers write either for the other.
 */
final class TransformerKeys implements KeyLookup {
  private static final String WEIGHT = ".weight";

  /** {@code base_model.model.transformer.} and the like; more are a key that no trainer writes. */
  private static final int MOST_PREFIXES = 4;

  /** Longer prefixes are tried first only because their rests are found more often. */
  private static final List<Prefix> PREFIXES =
      Stream.concat(
              Stream.of(
                      "model.diffusion_model.",
                      "diffusion_model.",
                      "lora_transformer_",
                      "lora_unet_",
                      "oft_unet_",
                      "transformer.",
                      "unet.")
                  .map(text -> new Prefix(flat(text), List.of(Network.UNET))),
              Stream.concat(
                  Stream.of(
                          "text_encoders.qwen3_4b.transformer.",
                          "text_encoders.qwen3_4b.",
                          "text_encoders.qwen3_8b.transformer.",
                          "text_encoders.qwen3_8b.",
                          "text_encoder.",
                          "qwen3_4b.transformer.",
                          "qwen3_8b.transformer.",
                          "text_encoders.clip_l.transformer.",
                          "text_encoders.clip_l.",
                          "clip_l.transformer.",
                          "lora_te_",
                          "lora_te1_",
                          "oft_te_")
                      .map(text -> new Prefix(flat(text), List.of(Network.TEXT_ENCODER))),
                  Stream.concat(
                      // T5 is the only encoder of Chroma, the second of FLUX.1 in diffusers and in
                      // OneTrainer, and the third of SD 3.x; in kohya's trainers it always has
                      // number 3. CLIP's layers have other names.
                      Stream.of(
                              "text_encoders.t5xxl.transformer.",
                              "text_encoders.t5xxl.",
                              "t5xxl.transformer.",
                              "text_encoders.clip_g.transformer.",
                              "text_encoders.clip_g.",
                              "clip_g.transformer.",
                              "text_encoder_2.",
                              "text_encoder_3.",
                              "lora_te2_",
                              "lora_te3_")
                          .map(text -> new Prefix(flat(text), later(text))),
                      Stream.of(ModuleIndex.PEFT_MODEL, "lycoris_", "lora.")
                          .map(text -> new Prefix(flat(text), List.of())))))
          .toList();

  private static final List<Network> ANY =
      List.of(Network.UNET, Network.TEXT_ENCODER, Network.TEXT_ENCODER_2, Network.TEXT_ENCODER_3);

  /**
   * A prefix of names.
   *
   * @param networks the networks that it may mean; empty for any
   */
  private record Prefix(String text, List<Network> networks) {}

  /** Returns the networks that a name of a second or third encoder may mean, by their names. */
  private static List<Network> later(String text) {
    return text.contains("clip_g")
        ? List.of(Network.TEXT_ENCODER_2)
        : List.of(Network.TEXT_ENCODER_3, Network.TEXT_ENCODER_2, Network.TEXT_ENCODER);
  }

  private final Map<Network, Map<String, Stack>> bySpelling = new EnumMap<>(Network.class);

  /** Creates the names of a model's layers. */
  TransformerKeys(Map<Network, Map<String, Layer>> layers, TransformerNames family) {
    layers.forEach(
        (network, byWeight) -> {
          Map<String, Layer> modules = new HashMap<>();
          byWeight.forEach(
              (weight, layer) ->
                  modules.put(weight.substring(0, weight.length() - WEIGHT.length()), layer));
          Map<String, Stack> spellings = new HashMap<>();
          if (network == Network.UNET) {
            addOthers(spellings, modules, family.rules());
            modules.forEach((module, layer) -> add(spellings, denoiser(module), Stack.of(layer)));
          } else {
            modules.forEach((module, layer) -> add(spellings, text(module), Stack.of(layer)));
          }
          bySpelling.put(network, spellings);
        });
  }

  private static void addOthers(
      Map<String, Stack> spellings, Map<String, Layer> modules, List<TransformerRule> rules) {
    for (TransformerRule rule : rules) {
      for (String module : modules.keySet()) {
        rule.block(module).map(rule::in).ifPresent(named -> addOther(spellings, modules, named));
      }
    }
  }

  private static void addOther(
      Map<String, Stack> spellings, Map<String, Layer> modules, TransformerRule rule) {
    List<Layer> stacked =
        rule.layers().stream().flatMap(layer -> Stream.ofNullable(modules.get(layer))).toList();
    if (stacked.size() == rule.layers().size()) {
      List<Long> shape = stacked.get(0).shape();
      boolean swapped = shape.size() > 1 && rule.isSwapped(shape.get(0), shape.get(1));
      add(spellings, List.of(rule.other()), new Stack(stacked, swapped, false));
    }
  }

  private static void add(Map<String, Stack> spellings, Collection<String> names, Stack stack) {
    names.forEach(name -> spellings.put(flat(name), stack));
  }

  /** The names of a layer of the denoiser in diffusers. */
  private static List<String> denoiser(String module) {
    List<String> names = new ArrayList<>(List.of(module));
    // Some exports have lost the first letters of this word.
    if (module.startsWith("transformer_blocks.")) {
      names.add(module.substring("tran".length()));
    }
    for (String name : List.copyOf(names)) {
      if (name.endsWith(".to_out.0")) {
        names.add(name.substring(0, name.length() - ".0".length()));
      }
    }
    for (String name : List.copyOf(names)) {
      int projection = name.lastIndexOf(".to_");
      if (projection > 0) {
        names.add(name.substring(0, projection) + ".processor" + name.substring(projection));
      }
    }
    return names;
  }

  /** The names of a layer of the text encoder in transformers, as a whole model and inside. */
  private static List<String> text(String module) {
    return module.startsWith("model.")
        ? List.of(module, module.substring("model.".length()))
        : List.of(module, "model." + module);
  }

  private static String flat(String name) {
    return name.replace('.', '_');
  }

  @Override
  public Stack find(String key) {
    return find(flat(key), ANY, 0);
  }

  private Stack find(String key, List<Network> networks, int prefixes) {
    String name = key.replaceFirst("^_+", "");
    for (Network network : networks) {
      Stack stack = bySpelling.getOrDefault(network, Map.of()).get(name);
      if (stack != null) {
        return stack;
      }
    }
    if (prefixes == MOST_PREFIXES) {
      return Stack.NONE;
    }
    return PREFIXES.stream()
        .filter(prefix -> name.startsWith(prefix.text()))
        .map(
            prefix ->
                find(
                    name.substring(prefix.text().length()),
                    prefix.networks().isEmpty() ? networks : prefix.networks(),
                    prefixes + 1))
        .filter(stack -> !stack.isEmpty())
        .findFirst()
        .orElse(Stack.NONE);
  }
}
