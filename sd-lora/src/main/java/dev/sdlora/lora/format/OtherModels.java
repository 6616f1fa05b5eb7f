package dev.sdlora.lora.format;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises adapters for models other than Stable Diffusion 1, 2 and XL by their layer names:
 * those of the authors' code or of diffusers, with dots or underscores. If several models share
 * names, the model's width decides.
 */
final class OtherModels {
  /**
   * The prefixes that trainers put before layer names; OpenCLIP's transformer is a text encoder.
   */
  private static final Pattern PREFIX =
      Pattern.compile(
          "(?:base_model\\.model\\.|lora\\.|lora_unet[._]|lora_transformer[._]|lycoris[._]|oft_unet_"
              + "|(?:model\\.)?diffusion_model\\.|transformer\\.(?!resblocks|text_model)|unet\\.)*+");

  /** Layers of Stable Diffusion 1, 2 and XL, checked first because they are the most common. */
  private static final Pattern OWN =
      Pattern.compile(
          "(?:down_blocks|mid_block|up_blocks|input_blocks|middle_block|output_blocks)[._]"
              + "(?!.*(?:motion_modules|temporal_transformer))"
              + "|lora_te[12]?[._]text_model|text_encoder(?:_2)?\\.text_model");

  /** Two streams, for text and for images, with joint attention. */
  private static final Predicate<Key> TWO_STREAMS =
      atStart("transformer_blocks[._]\\d+[._]attn[._]")
          .or(inside("add_k_proj", "add_q_proj", "add_v_proj"));

  private static final Predicate<Key> LAYERS =
      atStart("layers[._]\\d+[._](attention|feed_forward|adaLN_modulation)")
          .or(inside("noise_refiner", "context_refiner", "cap_embedder"));

  private static final Predicate<Key> TWO_ATTENTIONS =
      atStart("transformer_blocks[._]\\d+[._](attn[12]|ff)[._]");

  /** The first match wins. */
  private static final List<Sign> SIGNS =
      List.of(
          new Sign("AnimateDiff", inside("motion_modules", "temporal_transformer")),
          new Sign("Stable Cascade", wholeAtStart("lora_prior_|prior\\.")),
          new Sign("Chroma", inside("distilled_guidance_layer", "nerf_final_layer")),
          new Sign("FLUX.2", inside("double_stream_modulation", "to_qkv_mlp_proj")),
          new Sign(
              "HunyuanVideo",
              inside("token_refiner", "img_mlp.fc", "img_mlp_fc", "txt_mlp.fc", "txt_mlp_fc")
                  .or(inside(".img_attn_qkv", ".txt_attn_qkv", "_modulation_linear"))
                  .or(atStart("single_(transformer_)?blocks[._]3[89][._]"))),
          new Sign("HiDream", inside("double_stream_blocks", "single_stream_blocks")),
          new Sign("AuraFlow", inside("joint_transformer_blocks", "cond_seq_linear")),
          new Sign("Stable Diffusion 3", inside("joint_blocks")),
          new Sign(
              "Qwen-Image",
              inside("img_mlp.net", "img_mlp_net", "txt_mlp.net", "txt_mlp_net")
                  .or(inside("img_mod.1", "img_mod_1", "txt_mod.1", "txt_mod_1"))),
          new Sign(
              "FLUX",
              inside("double_blocks", "single_blocks", "single_transformer_blocks")
                  .or(wholeAtStart("lora_te2_encoder_block|text_encoder_2\\.encoder\\.block\\."))),
          new Sign("Stable Diffusion 3", TWO_STREAMS.and(width(1536, 2432))),
          new Sign("Qwen-Image", TWO_STREAMS.and(atStart("transformer_blocks[._][2-5]\\d[._]"))),
          new Sign("FLUX", TWO_STREAMS.and(width(3072))),
          new Sign(
              "Stable Diffusion 3", TWO_STREAMS.or(wholeAtStart("lora_te3_|text_encoder_3\\."))),
          new Sign(
              "Anima",
              inside("llm_adapter")
                  .or(atStart("blocks[._]\\d+[._](self|cross)_attn[._](q|k|v|output)_proj"))
                  .or(atStart("blocks[._]\\d+[._](mlp[._]layer|adaln_modulation)"))),
          new Sign(
              "Hunyuan-DiT",
              inside("Wqkv", "default_modulation")
                  .or(atStart("blocks[._]\\d+[._]attn[12][._]").and(width(1408)))),
          new Sign(
              "Wan", atStart("blocks[._]\\d+[._]((self|cross)_attn[._]|ffn[._]|attn[12][._])")),
          new Sign("Lumina-Image 2", LAYERS.and(width(2304))),
          new Sign("Z-Image", LAYERS),
          new Sign("LTX-Video", TWO_ATTENTIONS.and(width(2048))),
          new Sign("PixArt", inside("adaln_single").or(TWO_ATTENTIONS.and(width(1152)))),
          new Sign("Sana", inside("conv_inverted").or(TWO_ATTENTIONS.and(width(2240)))),
          new Sign("CogVideoX", TWO_ATTENTIONS.and(width(1920, 3072))),
          new Sign(
              "a transformer model such as PixArt or LTX-Video",
              atStart("(blocks|layers|transformer_blocks)[._]\\d")
                  .or(wholeAtStart("lora_transformer_|transformer\\.(?!resblocks|text_model)"))));

  /** Values that trainers write into metadata. */
  private static final Map<Pattern, String> IN_METADATA =
      Map.of(
          Pattern.compile("flux"), "FLUX",
          Pattern.compile("(stable-diffusion-|sd_?)(v?3)"), "Stable Diffusion 3",
          Pattern.compile("z-?image"), "Z-Image",
          Pattern.compile("qwen"), "Qwen-Image",
          Pattern.compile("\\bwan"), "Wan",
          Pattern.compile("chroma"), "Chroma",
          Pattern.compile("hunyuan"), "Hunyuan",
          Pattern.compile("lumina"), "Lumina-Image 2",
          Pattern.compile("anima"), "Anima",
          Pattern.compile("cascade"), "Stable Cascade");

  private OtherModels() {}

  /**
   * The name of a layer.
   *
   * @param whole the name in the file
   * @param name the name without the trainer's prefix
   * @param module the module for the layer
   */
  private record Key(String whole, String name, LoraModule module) {
    static Key of(LoraModule module) {
      Matcher prefix = PREFIX.matcher(module.key());
      int end = prefix.lookingAt() ? prefix.end() : 0;
      return new Key(module.key(), module.key().substring(end), module);
    }
  }

  private record Sign(String model, Predicate<Key> keys) {}

  /**
   * The model that a file is for.
   *
   * @param model its name
   * @param sign the evidence for it, for messages
   * @param module the name of the layer that gave the evidence, if one did
   */
  record Found(String model, String sign, Optional<String> module) {}

  /** Matches names that contain one of the words; much faster than an unanchored pattern. */
  private static Predicate<Key> inside(String... words) {
    return key -> Arrays.stream(words).anyMatch(key.whole::contains);
  }

  private static Predicate<Key> atStart(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return key -> compiled.matcher(key.name).lookingAt();
  }

  private static Predicate<Key> wholeAtStart(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return key -> compiled.matcher(key.whole).lookingAt();
  }

  /** Whether a layer has as many columns as a model of one of these widths. */
  private static Predicate<Key> width(long... widths) {
    return key -> {
      long in = key.module.extent().in().orElse(0);
      return Arrays.stream(widths).anyMatch(width -> width == in);
    };
  }

  /** Finds the other model that a file's modules are for, if it is recognised. */
  static Optional<Found> find(List<LoraModule> modules) {
    List<Key> keys =
        modules.stream().map(Key::of).filter(key -> !OWN.matcher(key.name).lookingAt()).toList();
    for (Sign sign : SIGNS) {
      Optional<Key> key = keys.stream().filter(sign.keys).findFirst();
      if (key.isPresent()) {
        String whole = key.get().whole;
        return Optional.of(new Found(sign.model, "module '" + whole + "'", Optional.of(whole)));
      }
    }
    return Optional.empty();
  }

  /**
   * Finds the other model that a file's metadata names, for files whose modules do not identify
   * one.
   */
  static Optional<Found> find(Map<String, String> metadata) {
    for (String key : List.of("modelspec.architecture", "ss_base_model_version")) {
      String value = metadata.getOrDefault(key, "");
      String text = value.toLowerCase(Locale.ROOT);
      for (Map.Entry<Pattern, String> sign : IN_METADATA.entrySet()) {
        if (sign.getKey().matcher(text).find()) {
          return Optional.of(
              new Found(sign.getValue(), key + " '" + value + "'", Optional.empty()));
        }
      }
    }
    return Optional.empty();
  }
}
