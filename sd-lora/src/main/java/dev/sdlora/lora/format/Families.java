package dev.sdlora.lora.format;

import dev.sdlora.api.model.ModelFamily;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Detects the family of models that a LoRA was trained for. Tensor shapes take precedence over
 * layer names, layer names over metadata (which tools copy from file to file), and metadata over
 * mere likelihood.
 */
final class Families {
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

  private Families() {}

  static ModelFamily of(Map<String, String> metadata, List<LoraModule> modules) {
    return TransformerFamilies.of(metadata, modules)
        .orElseGet(() -> stableDiffusion(metadata, modules));
  }

  private static ModelFamily stableDiffusion(
      Map<String, String> metadata, List<LoraModule> modules) {
    return width(modules, Families::readsText, CONTEXT_WIDTHS)
        .or(() -> width(modules, module -> matches(TEXT_ATTENTION, module), TEXT_WIDTHS))
        .or(() -> sdxlIf(modules, SDXL_KEYS))
        .or(() -> TransformerFamilies.metadata(metadata))
        .or(() -> fromMetadata(metadata))
        .or(() -> sdxlIf(modules, SMALLEST))
        .or(() -> fromStructure(modules))
        .or(() -> sdxlIf(modules, KOHYA_SGM))
        .orElse(ModelFamily.UNKNOWN);
  }

  private static Optional<ModelFamily> sdxlIf(List<LoraModule> modules, Pattern keys) {
    return any(modules, keys) ? Optional.of(ModelFamily.SDXL) : Optional.empty();
  }

  private static boolean any(List<LoraModule> modules, Pattern keys) {
    return modules.stream().anyMatch(module -> matches(keys, module));
  }

  private static boolean matches(Pattern keys, LoraModule module) {
    return keys.matcher(module.key()).matches();
  }

  private static Optional<ModelFamily> width(
      List<LoraModule> modules, Predicate<LoraModule> which, Map<Long, ModelFamily> widths) {
    return modules.stream()
        .filter(which)
        .map(module -> module.extent().in())
        .filter(OptionalLong::isPresent)
        .flatMap(in -> Stream.ofNullable(widths.get(in.getAsLong())))
        .findFirst();
  }

  /**
   * Whether a layer may read text. Numbered layers of a U-Net may: 768, 1024 and 2048 are not among
   * its own widths.
   */
  private static boolean readsText(LoraModule module) {
    boolean numbered = module.key().startsWith("unet:") && module.extent().in().orElse(0) != 1280;
    return numbered || matches(CROSS_ATTENTION, module);
  }

  private static Optional<ModelFamily> fromMetadata(Map<String, String> metadata) {
    String text =
        (metadata.getOrDefault("ss_base_model_version", "")
                + " "
                + metadata.getOrDefault("modelspec.architecture", ""))
            .toLowerCase(Locale.ROOT);
    if (text.contains("xl-v1-refiner") || text.contains("xl_refiner")) {
      return Optional.of(ModelFamily.SDXL_REFINER);
    }
    if (text.contains("sdxl") || text.contains("sd_xl") || text.contains("diffusion-xl")) {
      return Optional.of(ModelFamily.SDXL);
    }
    if (text.contains("sd_v2") || text.contains("sd_2") || text.contains("diffusion-v2")) {
      return Optional.of(ModelFamily.SD2);
    }
    if (text.contains("sd_v1") || text.contains("sd_1") || text.contains("diffusion-v1")) {
      return Optional.of(ModelFamily.SD1);
    }
    return metadata.getOrDefault("ss_v2", "").equalsIgnoreCase("true")
        ? Optional.of(ModelFamily.SD2)
        : Optional.empty();
  }

  /** Distinguishes models of unpublished sizes by their structure. */
  private static Optional<ModelFamily> fromStructure(List<LoraModule> modules) {
    if (!any(modules, LARGEST)) {
      return Optional.empty();
    }
    return modules.stream()
        .filter(module -> module.kind() == Kind.LORA && matches(PROJECTION, module))
        .findFirst()
        .map(
            module ->
                module.part(Part.LORA_DOWN).shape().size() == 4
                    ? ModelFamily.SD1
                    : ModelFamily.SD2);
  }
}
