package dev.sdlora.lora.format;

import dev.sdlora.api.model.ModelFamily;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Recognises LoRAs for the diffusion transformers that the library runs. FLUX.1 and Chroma have the
 * same blocks as FLUX.2 under the same names, but other modules in them or the same ones with other
 * proportions; the projections of attention alone are equal in both, so for those metadata decides.
 */
final class TransformerFamilies {

  /** The blocks of FLUX.2 and of models with the same names, after the prefixes. */
  private static final Pattern TWO_STREAMS =
      Pattern.compile(
          "(?:double_blocks|single_blocks|(?:tran)?sformer_blocks|single_transformer_blocks)"
              + "[._]\\d+[._](?!attn[12][._]|processor).*|final_layer[._].*|(?:img|txt|time)_in.*"
              + "|norm_out[._]linear|proj_out|context_embedder");

  /** Modules that no other model has. */
  private static final Pattern FLUX2 =
      Pattern.compile(
          "(?:double_stream_modulation_(?:img|txt)|single_stream_modulation)[._]lin(?:ear)?"
              + "|time_guidance_embed[._].*"
              + "|(?:tran)?sformer_blocks[._]\\d+[._]ff(?:_context)?[._]linear_(?:in|out)"
              + "|single_transformer_blocks[._]\\d+[._]attn[._]to_(?:qkv_mlp_proj|out)");

  private static final Pattern MLP_IN =
      Pattern.compile("double_blocks[._]\\d+[._](?:img|txt)_mlp[._]0");
  private static final Pattern MLP_OUT =
      Pattern.compile("double_blocks[._]\\d+[._](?:img|txt)_mlp[._]2");
  private static final Pattern LINEAR1 = Pattern.compile("single_blocks[._]\\d+[._]linear1");
  private static final Pattern LINEAR2 = Pattern.compile("single_blocks[._]\\d+[._]linear2");

  /** Blocks of attention and a gated MLP; Lumina-Image 2 has the same at another width. */
  private static final Pattern LUMINA =
      Pattern.compile(
          "(?:layers|noise_refiner|context_refiner)[._]\\d+[._]"
              + "(?:attention|feed_forward|adaLN_modulation).*"
              + "|cap_embedder[._].*|all_(?:x_embedder|final_layer)[._].*");

  private static final long LUMINA2_WIDTH = 2304;

  private static final Pattern FLUX2_METADATA = Pattern.compile("flux[\\W_]?2|klein");
  private static final Pattern FLUX1_METADATA = Pattern.compile("flux");
  private static final Pattern CHROMA_METADATA = Pattern.compile("chroma");
  private static final Pattern SD3_METADATA = Pattern.compile("(?:stable-diffusion-|sd_?)v?3");
  private static final Pattern Z_IMAGE_METADATA = Pattern.compile("z[\\W_]?image");

  private TransformerFamilies() {}

  /**
   * Finds the family of a file.
   *
   * @return the family; {@link ModelFamily#UNKNOWN} if it may be for FLUX.1 or FLUX.2; empty if it
   *     is for something else
   */
  static Optional<ModelFamily> of(Map<String, String> metadata, List<LoraModule> modules) {
    List<LayerName> names = modules.stream().map(LayerName::of).toList();
    List<LayerName> lumina =
        names.stream().filter(name -> LUMINA.matcher(name.name()).matches()).toList();
    if (!lumina.isEmpty()) {
      return lumina.stream().anyMatch(name -> name.hasWidth(width -> width == LUMINA2_WIDTH))
          ? Optional.empty()
          : Optional.of(ModelFamily.Z_IMAGE);
    }
    if (names.stream().anyMatch(TransformerFamilies::isOfFlux2)) {
      return Optional.of(ModelFamily.FLUX2);
    }
    Optional<OtherModels.Found> other = OtherModels.find(modules);
    if (other.filter(OtherModels::isOfFlux1).isPresent()) {
      boolean isOfChroma =
          other.filter(OtherModels::isOfChroma).isPresent()
              || metadata(metadata).equals(Optional.of(ModelFamily.CHROMA));
      return Optional.of(isOfChroma ? ModelFamily.CHROMA : ModelFamily.FLUX1);
    }
    if (other.filter(OtherModels::isOfSd3).isPresent()
        || (other.isEmpty() && metadata(metadata).equals(Optional.of(ModelFamily.SD3)))) {
      return Optional.of(ModelFamily.SD3);
    }
    if (other.isPresent()
        || names.stream().noneMatch(name -> TWO_STREAMS.matcher(name.name()).matches())) {
      return Optional.empty();
    }
    return Optional.of(metadata(metadata).orElse(ModelFamily.UNKNOWN));
  }

  private static boolean isOfFlux2(LayerName key) {
    return FLUX2.matcher(key.name()).matches()
        || isIn(MLP_IN, key, 6, 1)
        || isIn(MLP_OUT, key, 1, 3)
        || isIn(LINEAR1, key, 9, 1)
        || isIn(LINEAR2, key, 1, 4);
  }

  /** Whether a layer has this name and these proportions. */
  private static boolean isIn(Pattern pattern, LayerName key, long out, long in) {
    Extent extent = key.module().extent();
    return pattern.matcher(key.name()).matches()
        && extent.out().orElse(0) * in == extent.in().orElse(-1) * out;
  }

  /** The family that metadata names, if it is one of the transformers. */
  static Optional<ModelFamily> metadata(Map<String, String> metadata) {
    Predicate<Pattern> named =
        pattern ->
            List.of("ss_base_model_version", "modelspec.architecture").stream()
                .map(key -> metadata.getOrDefault(key, "").toLowerCase(Locale.ROOT))
                .anyMatch(text -> pattern.matcher(text).find());
    if (named.test(FLUX2_METADATA)) {
      return Optional.of(ModelFamily.FLUX2);
    }
    if (named.test(CHROMA_METADATA)) {
      return Optional.of(ModelFamily.CHROMA);
    }
    if (named.test(FLUX1_METADATA)) {
      return Optional.of(ModelFamily.FLUX1);
    }
    if (named.test(SD3_METADATA)) {
      return Optional.of(ModelFamily.SD3);
    }
    return named.test(Z_IMAGE_METADATA) ? Optional.of(ModelFamily.Z_IMAGE) : Optional.empty();
  }
}
