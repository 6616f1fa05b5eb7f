package dev.sdlora.lora.family;

import dev.sdlora.api.model.ModelFamily;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Detects the family of models that a LoRA was trained for. Tensor shapes take precedence over
 * layer names, layer names over metadata (which tools copy from file to file), and metadata over
 * mere likelihood.
 */
public final class FamilyDetection {
  /** The widths of the text embeddings that cross-attention reads in the published models. */
  private static final Map<Long, ModelFamily> CONTEXT_WIDTHS =
      Map.of(
          768L, ModelFamily.SD1,
          1024L, ModelFamily.SD2,
          2048L, ModelFamily.SDXL,
          1280L, ModelFamily.SDXL_REFINER);

  private static final Pattern CROSS_ATTENTION =
      Pattern.compile(".*attn2[._](?:processor[._])?to_[kv]");

  /**
   * The widths of the text encoders. OpenAI's is left out, because SD 1.x and SDXL both have it.
   */
  private static final Map<Long, ModelFamily> TEXT_WIDTHS =
      Map.of(1024L, ModelFamily.SD2, 1280L, ModelFamily.SDXL);

  private static final Pattern TEXT_ATTENTION =
      Pattern.compile(
          ".*(?:encoder[._]layers[._]\\d+[._]self_attn[._](?:to_)?[qkv]\\w*"
              + "|resblocks[._]\\d+[._]attn[._](?:in|[qkv])_proj\\w*)");

  /**
   * Only SDXL has a second text encoder, size conditioning, or several transformer blocks in a row.
   */
  private static final Pattern SDXL_KEYS =
      Pattern.compile(
          "(?:lora|oft|lycoris)_te2[._].*|text_encoder_2\\..*|(?:text_encoders\\.)?clip_g\\..*"
              + "|conditioner\\.embedders\\.1\\..*"
              + "|.*(?:add_embedding|label_emb)[._].*"
              + "|.*transformer_blocks[._][1-9]\\d*[._].*");

  /** Among the published models, only SDXL has transformers at the start of the up path. */
  private static final Pattern SMALLEST =
      Pattern.compile(
          ".*(?:^|[._])up_blocks[._]0[._]attentions[._].*"
              + "|.*(?:^|[._])output_blocks[._][012][._]1[._](?:norm|proj|transformer).*");

  /** Only SD 1.x and 2.x have transformers at the highest resolution. */
  private static final Pattern LARGEST =
      Pattern.compile(
          ".*(?:^|[._])(?:down_blocks[._]0|up_blocks[._]3)[._]attentions[._].*"
              + "|.*(?:^|[._])(?:input_blocks[._][12]|output_blocks[._](?:9|10|11))[._]1[._].*");

  /** Layers that are convolutions in SD 1.x and matrices in later models. */
  private static final Pattern PROJECTION =
      Pattern.compile(".*[._](?:attentions[._]\\d+|\\d+[._]1)[._]proj_(?:in|out)");

  /** kohya's trainers use CompVis's layer names for SDXL only. */
  private static final Pattern KOHYA_SGM =
      Pattern.compile("(?:lora|oft|lycoris)_unet_(?:input|middle|output)_block.*");

  /** The blocks of FLUX.2 and of models with the same names, after the prefixes. */
  private static final Pattern TWO_STREAMS =
      Pattern.compile(
          "(?:double_blocks|single_blocks|(?:tran)?sformer_blocks|single_transformer_blocks)"
              + "[._]\\d+[._](?!attn[12][._]|processor).*|final_layer[._].*|(?:img|txt|time)_in.*"
              + "|norm_out[._]linear|proj_out|context_embedder");

  private FamilyDetection() {}

  /** Returns the family of a file; {@link ModelFamily#UNKNOWN} if it does not show one. */
  public static ModelFamily of(Map<String, String> metadata, List<LayerName> layers) {
    return transformer(metadata, layers).orElseGet(() -> stableDiffusion(metadata, layers));
  }

  /**
   * Detects a transformer. FLUX.1 and Chroma have the same blocks as FLUX.2 under the same names,
   * but other modules in them or the same ones with other proportions; the projections of attention
   * alone are equal in both, so for those metadata decides.
   *
   * @return the family; {@link ModelFamily#UNKNOWN} if it may be for FLUX.1 or FLUX.2; empty if it
   *     is for something else
   */
  private static Optional<ModelFamily> transformer(
      Map<String, String> metadata, List<LayerName> layers) {
    Optional<ModelFamily> named = named(metadata).filter(ModelFamily::isTransformer);
    Optional<ModelSigns.Found> found = ModelSigns.find(layers);
    if (found.isPresent()) {
      Optional<ModelFamily> family = found.get().family();
      boolean mayBeChroma = family.equals(Optional.of(ModelFamily.FLUX1));
      return mayBeChroma && named.equals(Optional.of(ModelFamily.CHROMA)) ? named : family;
    }
    if (named.equals(Optional.of(ModelFamily.SD3))) {
      return named;
    }
    return layers.stream().anyMatch(layer -> TWO_STREAMS.matcher(layer.name()).matches())
        ? named.or(() -> Optional.of(ModelFamily.UNKNOWN))
        : Optional.empty();
  }

  private static ModelFamily stableDiffusion(Map<String, String> metadata, List<LayerName> layers) {
    return width(layers, FamilyDetection::readsText, CONTEXT_WIDTHS)
        .or(() -> width(layers, layer -> matches(TEXT_ATTENTION, layer), TEXT_WIDTHS))
        .or(() -> sdxlIf(layers, SDXL_KEYS))
        .or(() -> named(metadata))
        .or(() -> sdxlIf(layers, SMALLEST))
        .or(() -> fromStructure(layers))
        .or(() -> sdxlIf(layers, KOHYA_SGM))
        .orElse(ModelFamily.UNKNOWN);
  }

  private static Optional<ModelFamily> sdxlIf(List<LayerName> layers, Pattern keys) {
    return any(layers, keys) ? Optional.of(ModelFamily.SDXL) : Optional.empty();
  }

  private static boolean any(List<LayerName> layers, Pattern keys) {
    return layers.stream().anyMatch(layer -> matches(keys, layer));
  }

  private static boolean matches(Pattern keys, LayerName layer) {
    return keys.matcher(layer.whole()).matches();
  }

  private static Optional<ModelFamily> width(
      List<LayerName> layers, Predicate<LayerName> which, Map<Long, ModelFamily> widths) {
    return layers.stream()
        .filter(which)
        .flatMap(layer -> layer.columns().stream().boxed())
        .flatMap(columns -> Stream.ofNullable(widths.get(columns)))
        .findFirst();
  }

  /**
   * Whether a layer may read text. Numbered layers of a U-Net may: 768, 1024 and 2048 are not among
   * its own widths.
   */
  private static boolean readsText(LayerName layer) {
    boolean numbered = layer.whole().startsWith("unet:") && layer.columns().orElse(0) != 1280;
    return numbered || matches(CROSS_ATTENTION, layer);
  }

  private static Optional<ModelFamily> named(Map<String, String> metadata) {
    // Two spaces, because words may have a single one between them.
    String text =
        (metadata.getOrDefault("ss_base_model_version", "")
                + "  "
                + metadata.getOrDefault("modelspec.architecture", ""))
            .toLowerCase(Locale.ROOT);
    boolean v2 = metadata.getOrDefault("ss_v2", "").equalsIgnoreCase("true");
    return LayerTables.named(text)
        .or(() -> LayerTables.ALL.stream().filter(table -> v2 && table.isV2()).findFirst())
        .map(LayerTable::family);
  }

  /** Distinguishes models of unpublished sizes by their structure. */
  private static Optional<ModelFamily> fromStructure(List<LayerName> layers) {
    if (!any(layers, LARGEST)) {
      return Optional.empty();
    }
    return layers.stream()
        .filter(layer -> !layer.down().isEmpty() && matches(PROJECTION, layer))
        .findFirst()
        .map(layer -> layer.down().size() == 4 ? ModelFamily.SD1 : ModelFamily.SD2);
  }
}
