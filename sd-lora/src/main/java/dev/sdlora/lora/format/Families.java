package dev.sdlora.lora.format;

import dev.sdlora.api.ModelFamily;
import dev.sdlora.tensors.file.TensorFile;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds out which generation of Stable Diffusion a LoRA was trained for. */
final class Families {
  /** Only SDXL has a second text encoder, or more than one transformer block behind another. */
  private static final Pattern SDXL_KEYS =
      Pattern.compile("lora_te2_.*|text_encoder_2\\..*|.*transformer_blocks[._][1-9]\\d*[._].*");

  /** Width of the text states that cross-attention reads in the published models. */
  private static final Map<Long, ModelFamily> CONTEXT_WIDTHS =
      Map.of(768L, ModelFamily.SD1, 1024L, ModelFamily.SD2, 2048L, ModelFamily.SDXL);

  private static final Pattern CROSS_ATTENTION =
      Pattern.compile(".*attn2[._](?:processor[._])?to_[kv].*(?:down|lora_A).*");

  private Families() {}

  static ModelFamily of(TensorFile file) {
    Set<String> names = file.tensors().keySet();
    if (names.stream().anyMatch(name -> SDXL_KEYS.matcher(name).matches())) {
      return ModelFamily.SDXL;
    }
    ModelFamily told = fromMetadata(file.metadata());
    return told != ModelFamily.UNKNOWN ? told : fromShapes(file);
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

  private static ModelFamily fromShapes(TensorFile file) {
    return file.tensors().values().stream()
        .filter(entry -> CROSS_ATTENTION.matcher(entry.name()).matches())
        .filter(entry -> entry.shape().size() >= 2)
        .map(entry -> CONTEXT_WIDTHS.getOrDefault(entry.shape().get(1), ModelFamily.UNKNOWN))
        .filter(family -> family != ModelFamily.UNKNOWN)
        .findFirst()
        .orElse(ModelFamily.UNKNOWN);
  }
}
