package dev.sdlora.lora.format;

import dev.sdlora.api.ModelFamily;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Finds out which generation of Stable Diffusion a LoRA was trained for. */
final class Families {
  /** Only SDXL has a second text encoder, or more than one transformer block behind another. */
  private static final Pattern SDXL_KEYS =
      Pattern.compile(
          "(?:lora|oft|lycoris)_te2_.*|text_encoder_2\\..*|(?:text_encoders\\.)?clip_g\\..*"
              + "|.*transformer_blocks[._][1-9]\\d*[._].*");

  /** kohya's trainers name layers as the CompVis code does for SDXL and for nothing else. */
  private static final Pattern KOHYA_SGM =
      Pattern.compile("(?:lora|oft|lycoris)_unet_(?:input|middle|output)_block.*");

  /** Width of the text states that cross-attention reads in the published models. */
  private static final Map<Long, ModelFamily> CONTEXT_WIDTHS =
      Map.of(768L, ModelFamily.SD1, 1024L, ModelFamily.SD2, 2048L, ModelFamily.SDXL);

  private static final Pattern CROSS_ATTENTION =
      Pattern.compile(".*attn2[._](?:processor[._])?to_[kv]");

  private Families() {}

  static ModelFamily of(Map<String, String> metadata, List<LoraModule> modules) {
    if (modules.stream().anyMatch(module -> SDXL_KEYS.matcher(module.key()).matches())) {
      return ModelFamily.SDXL;
    }
    ModelFamily told = fromMetadata(metadata);
    if (told == ModelFamily.UNKNOWN) {
      told = fromShapes(modules);
    }
    boolean sgm = modules.stream().anyMatch(module -> KOHYA_SGM.matcher(module.key()).matches());
    return told == ModelFamily.UNKNOWN && sgm ? ModelFamily.SDXL : told;
  }

  private static ModelFamily fromMetadata(Map<String, String> metadata) {
    String text =
        (metadata.getOrDefault("ss_base_model_version", "")
                + " "
                + metadata.getOrDefault("modelspec.architecture", ""))
            .toLowerCase(Locale.ROOT);
    if (text.contains("sdxl") || text.contains("diffusion-xl")) {
      return ModelFamily.SDXL;
    }
    if (text.contains("sd_v2") || text.contains("diffusion-v2")) {
      return ModelFamily.SD2;
    }
    if (text.contains("sd_v1") || text.contains("diffusion-v1")) {
      return ModelFamily.SD1;
    }
    return metadata.getOrDefault("ss_v2", "").equalsIgnoreCase("true")
        ? ModelFamily.SD2
        : ModelFamily.UNKNOWN;
  }

  private static ModelFamily fromShapes(List<LoraModule> modules) {
    return modules.stream()
        .filter(Families::readsText)
        .map(module -> module.extent().in())
        .filter(OptionalLong::isPresent)
        .map(in -> CONTEXT_WIDTHS.getOrDefault(in.getAsLong(), ModelFamily.UNKNOWN))
        .filter(family -> family != ModelFamily.UNKNOWN)
        .findFirst()
        .orElse(ModelFamily.UNKNOWN);
  }

  /** Numbered layers of a U-Net may: 768, 1024 and 2048 are no width of its own. */
  private static boolean readsText(LoraModule module) {
    return CROSS_ATTENTION.matcher(module.key()).matches() || module.key().startsWith("unet:");
  }
}
