package dev.sdlora.families.checkpoint.auxiliary;

import dev.sdlora.families.checkpoint.layout.OpenClipNames;
import dev.sdlora.tensors.file.TensorFile;
import java.util.Map;

/**
 * The tensor names of OpenCLIP's vision encoders, whose layers are named as in its text encoders.
 */
final class OpenClipVisionNames {
  static final String PREFIX = "visual.";

  private static final Map<String, String> FIXED =
      Map.of(
          "vision_model.embeddings.class_embedding", "class_embedding",
          "vision_model.embeddings.patch_embedding.weight", "conv1.weight",
          "vision_model.embeddings.position_embedding.weight", "positional_embedding",
          "vision_model.pre_layrnorm.weight", "ln_pre.weight",
          "vision_model.pre_layrnorm.bias", "ln_pre.bias",
          "vision_model.post_layernorm.weight", "ln_post.weight",
          "vision_model.post_layernorm.bias", "ln_post.bias",
          "visual_projection.weight", "proj" + OpenClipNames.TRANSPOSED);

  private OpenClipVisionNames() {}

  /** Returns the name in a file {@linkplain #withParts that has the views}. */
  static String inFile(String name) {
    String fixed = FIXED.get(name);
    return fixed != null
        ? PREFIX + fixed
        : OpenClipNames.names(PREFIX).inFile(name.replaceFirst("^vision_model\\.", "text_model."));
  }

  /** Returns the file with named views of the parts of fused tensors. */
  static TensorFile withParts(TensorFile file) {
    return OpenClipNames.withParts(file, PREFIX);
  }
}
