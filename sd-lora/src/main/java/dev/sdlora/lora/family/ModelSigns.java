package dev.sdlora.lora.family;

import static dev.sdlora.lora.family.LayerSign.any;
import static dev.sdlora.lora.family.LayerSign.atStart;
import static dev.sdlora.lora.family.LayerSign.inside;
import static dev.sdlora.lora.family.LayerSign.wholeAtStart;
import static dev.sdlora.lora.family.LayerSign.width;

import dev.sdlora.api.model.ModelFamily;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Recognises adapters for transformers, and for models that the library does not run, by their
 * layer names: those of the authors' code or of diffusers, with dots or underscores. If several
 * models share names, the model's width decides.
 */
public final class ModelSigns {
  /** Layers of Stable Diffusion 1, 2 and XL, checked first because they are the most common. */
  private static final Pattern OWN =
      Pattern.compile(
          "(?:down_blocks|mid_block|up_blocks|input_blocks|middle_block|output_blocks)[._]"
              + "(?!.*(?:motion_modules|temporal_transformer))"
              + "|lora_te[12]?[._]text_model|text_encoder(?:_2)?\\.text_model");

  private static final Predicate<LayerName> JOINT =
      atStart("transformer_blocks[._]\\d+[._]attn[._]");

  /** Two streams, for text and for images, with joint attention. */
  private static final Predicate<LayerName> TWO_STREAMS =
      JOINT.or(inside("add_k_proj", "add_q_proj", "add_v_proj"));

  /** The blocks of FLUX.1, which FLUX.2 has under the same names. */
  private static final Predicate<LayerName> BLOCKS =
      inside("double_blocks", "single_blocks", "single_transformer_blocks");

  /** The modules whose names and shapes are the same in FLUX.1 and FLUX.2. */
  private static final String FLUX2_TOO =
      "double_blocks[._]\\d+[._](?:img|txt)_attn[._](?:qkv|proj|norm.*)$"
          + "|single_blocks[._]\\d+[._]norm"
          + "|(?:tran)?sformer_blocks[._]\\d+[._]attn[._]"
          + "(?:processor[._])?(?:to_(?:q|k|v|out|add_out)|add_(?:q|k|v)_proj|norm)";

  /** FLUX.2 klein has 5 blocks of two streams at the width of FLUX.1, which has 19. */
  private static final String BEYOND_KLEIN =
      "(?:double_blocks|(?:tran)?sformer_blocks)[._](?:[5-9]|1\\d)[._]";

  private static final Pattern TEXT_OUT = inBlock("attn[._]to_add_out");
  private static final Pattern TEXT_IN = inBlock("attn[._]add_[qkv]_proj");
  private static final Pattern TEXT_MLP = inBlock("ff_context[._]");
  private static final Pattern IMAGE_MLP = inBlock("ff[._]");

  private static final Predicate<LayerName> LAYERS =
      atStart("layers[._]\\d+[._](attention|feed_forward|adaLN_modulation)")
          .or(inside("noise_refiner", "context_refiner", "cap_embedder"));

  private static final Predicate<LayerName> TWO_ATTENTIONS =
      atStart("transformer_blocks[._]\\d+[._](attn[12]|ff)[._]");

  private static final Sign FLUX2_DEV =
      new Sign("FLUX.2 [dev]", TWO_STREAMS.or(BLOCKS).and(width(6144)));

  /** The signs of models that share names with others; the first match wins. */
  private static final List<Sign> SHARED =
      List.of(
          new Sign("AnimateDiff", inside("motion_modules", "temporal_transformer")),
          new Sign("Stable Cascade", wholeAtStart("lora_prior_|prior\\.")),
          new Sign("Chroma Radiance", inside("nerf_final_layer", "nerf_blocks")),
          new Sign(ModelFamily.CHROMA, inside("distilled_guidance_layer")),
          FLUX2_DEV,
          new Sign(
              "HunyuanVideo",
              inside("token_refiner", "img_mlp.fc", "img_mlp_fc", "txt_mlp.fc", "txt_mlp_fc")
                  .or(inside(".img_attn_qkv", ".txt_attn_qkv", "_modulation_linear"))
                  .or(atStart("single_(transformer_)?blocks[._]3[89][._]"))),
          new Sign("HiDream", inside("double_stream_blocks", "single_stream_blocks")),
          new Sign("AuraFlow", inside("joint_transformer_blocks", "cond_seq_linear")),
          new Sign(ModelFamily.SD3, inside("joint_blocks")),
          new Sign(
              "Qwen-Image",
              inside("img_mlp.net", "img_mlp_net", "txt_mlp.net", "txt_mlp_net")
                  .or(inside("img_mod.1", "img_mod_1", "txt_mod.1", "txt_mod_1"))),
          new Sign(
              ModelFamily.FLUX1,
              BLOCKS
                  .and(atStart(FLUX2_TOO).negate().or(atStart(BEYOND_KLEIN)))
                  .or(wholeAtStart("lora_te2_encoder_block|text_encoder_2\\.encoder\\.block\\."))),
          new Sign(ModelFamily.SD3, TWO_STREAMS.and(width(1536, 2432))),
          new Sign(ModelFamily.SD3, JOINT, ModelSigns::endsInImages),
          // Mochi has the same feed-forward of the text, but calls its attention attn1.
          new Sign(
              ModelFamily.SD3,
              atStart("transformer_blocks[._]\\d+[._]ff_context[._]net[._]0")
                  .and(width(3072).negate()),
              any(JOINT)),
          new Sign("Qwen-Image", TWO_STREAMS.and(atStart("transformer_blocks[._][2-5]\\d[._]"))),
          new Sign(
              ModelFamily.FLUX1,
              TWO_STREAMS
                  .and(width(3072))
                  .and(atStart(FLUX2_TOO).negate().or(atStart(BEYOND_KLEIN)))),
          new Sign(
              ModelFamily.SD3,
              TWO_STREAMS
                  .and(atStart(FLUX2_TOO + "|.*[._]attn[12][._]").negate())
                  .or(wholeAtStart("text_encoder_3\\."))),
          // SD 3.5 Medium; other models with a second attention call the first attn1.
          new Sign(ModelFamily.SD3, atStart("transformer_blocks[._]\\d+[._]attn2[._]"), any(JOINT)),
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
          new Sign("Lumina-Image 2", LAYERS.and(width(ZImageLayers.LUMINA2_WIDTH))),
          new Sign("LTX-Video", TWO_ATTENTIONS.and(width(2048))),
          new Sign("PixArt", inside("adaln_single").or(TWO_ATTENTIONS.and(width(1152)))),
          new Sign("Sana", inside("conv_inverted").or(TWO_ATTENTIONS.and(width(2240)))),
          new Sign("CogVideoX", TWO_ATTENTIONS.and(width(1920, 3072))),
          new Sign(
              "a transformer model such as PixArt or LTX-Video",
              atStart("(blocks|layers|transformer_blocks)[._]\\d")
                  .or(wholeAtStart("lora_transformer_|transformer\\.(?!resblocks|text_model)"))
                  .and(atStart(FLUX2_TOO).negate())));

  private static final List<Sign> ALL =
      Stream.concat(
              LayerTables.ALL.stream()
                  .filter(SignedTable.class::isInstance)
                  .map(SignedTable.class::cast)
                  .map(
                      table ->
                          new Sign(
                              table.family().label(), Optional.of(table.family()), table.sign())),
              SHARED.stream())
          .toList();

  /** Values that trainers write into metadata. */
  private static final Map<Pattern, String> IN_METADATA =
      Map.of(
          Pattern.compile("qwen"), "Qwen-Image",
          Pattern.compile("\\bwan"), "Wan",
          Pattern.compile("hunyuan"), "Hunyuan",
          Pattern.compile("lumina"), "Lumina-Image 2",
          Pattern.compile("anima"), "Anima",
          Pattern.compile("cascade"), "Stable Cascade");

  private ModelSigns() {}

  private record Sign(String model, Optional<ModelFamily> family, LayerSign sign) {
    Sign(String model, Predicate<LayerName> layer) {
      this(model, Optional.empty(), new LayerSign(layer));
    }

    Sign(ModelFamily family, Predicate<LayerName> layer) {
      this(family, layer, all -> true);
    }

    Sign(ModelFamily family, Predicate<LayerName> layer, Predicate<List<LayerName>> all) {
      this(family.label(), Optional.of(family), new LayerSign(layer, all));
    }
  }

  /**
   * The model that a file is for.
   *
   * @param model its name
   * @param family its family, if the library runs it
   * @param sign the evidence for it, for messages
   * @param module the name of the layer that gave the evidence, if one did
   */
  public record Found(
      String model, Optional<ModelFamily> family, String sign, Optional<String> module) {}

  private static Pattern inBlock(String name) {
    return Pattern.compile("transformer_blocks[._](\\d{1,4})[._]" + name);
  }

  /**
   * Whether the last block has the attention or feed-forward of earlier blocks, but writes no text:
   * no block follows that would read it. Of the models with two streams, only Stable Diffusion 3
   * ends so; the others go on with blocks of one stream or keep the text.
   */
  private static boolean endsInImages(List<LayerName> keys) {
    int text = lastBlock(keys, TEXT_OUT);
    int textInput = lastBlock(keys, TEXT_IN);
    int textMlp = lastBlock(keys, TEXT_MLP);
    int imageMlp = lastBlock(keys, IMAGE_MLP);
    return (text >= 0 && textInput > text) || (textMlp >= 0 && imageMlp > textMlp);
  }

  private static int lastBlock(List<LayerName> keys, Pattern pattern) {
    int last = -1;
    for (LayerName key : keys) {
      Matcher block = pattern.matcher(key.name());
      if (block.lookingAt()) {
        last = Math.max(last, Integer.parseInt(block.group(1)));
      }
    }
    return last;
  }

  /** Finds the model that a file's layers are for, if it is recognised. */
  public static Optional<Found> find(List<LayerName> layers) {
    return find(layers, ALL);
  }

  /** Finds the larger model of the FLUX.2 family, which has the names of the smaller. */
  public static Optional<Found> findLarger(List<LayerName> layers) {
    return find(layers, List.of(FLUX2_DEV));
  }

  private static Optional<Found> find(List<LayerName> layers, List<Sign> signs) {
    List<LayerName> keys =
        layers.stream().filter(key -> !OWN.matcher(key.name()).lookingAt()).toList();
    for (Sign sign : signs) {
      Optional<LayerName> key = keys.stream().filter(sign.sign.layer()).findFirst();
      if (key.isPresent() && sign.sign.all().test(keys)) {
        String whole = key.get().whole();
        return Optional.of(
            new Found(sign.model, sign.family, "module '" + whole + "'", Optional.of(whole)));
      }
    }
    return Optional.empty();
  }

  /**
   * Finds the other model that a file's metadata names, for files whose layers do not identify one.
   */
  public static Optional<Found> find(Map<String, String> metadata) {
    for (String key : List.of("modelspec.architecture", "ss_base_model_version")) {
      String value = metadata.getOrDefault(key, "");
      String text = value.toLowerCase(Locale.ROOT);
      for (Map.Entry<Pattern, String> sign : IN_METADATA.entrySet()) {
        if (sign.getKey().matcher(text).find()) {
          return Optional.of(
              new Found(
                  sign.getValue(), Optional.empty(), key + " '" + value + "'", Optional.empty()));
        }
      }
    }
    return Optional.empty();
  }
}
