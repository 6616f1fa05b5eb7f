package dev.sdlora.lora.library;

import dev.sdlora.api.model.ModelPart;
import java.util.regex.Pattern;

/**
 * Detects the network that a module is for from its name in the file. Unlike {@code
 * plan.ModuleIndex}, it needs no checkpoint and does not find the layer.
 */
final class ModelParts {
  /** Prefixes that trainers put before layer names. */
  private static final Pattern PREFIX =
      Pattern.compile(
          "^(?:base_model\\.model\\.|lora\\.|lora_|lycoris[_.]|oft_|boft_|hada_|model\\.(?=diffusion_model))+");

  private static final Pattern SECOND_TEXT_ENCODER =
      Pattern.compile(
          "^(?:te2[._]|text_encoder_2[._:]|(?:text_encoders\\.)?clip_g\\.|conditioner\\.embedders\\.1\\.)");

  private static final Pattern THIRD_TEXT_ENCODER =
      Pattern.compile("^(?:te3[._]|text_encoder_3[._:])");

  private static final Pattern TEXT_ENCODER =
      Pattern.compile(
          "^(?:te1?[._]|text_encoder(?:_1)?[._:]|(?:text_encoders\\.)?(?:clip_[hl]|qwen3_[48]b)\\.|text_model[._]"
              + "|cond_stage_model\\.|conditioner\\.embedders\\.0\\.|(?:transformer[._])?resblocks[._])");

  private static final Pattern UNET =
      Pattern.compile(
          "^(?:unet[._:]|diffusion_model[._]|transformer[._]"
              + "|(?:double_blocks|single_blocks|joint_blocks|(?:tran)?sformer_blocks|single_transformer_blocks"
              + "|layers|noise_refiner|context_refiner)[._]\\d"
              + "|(?:img_in|txt_in|time_in|vector_in|guidance_in|final_layer|x_embedder|context_embedder)(?:[._]|$)"
              + "|(?:down_blocks|mid_block|up_blocks|input_blocks|middle_block|output_blocks"
              + "|time_embed|time_embedding|add_embedding|label_emb|conv_in|conv_out|conv_norm_out"
              + "|out)[._])");

  private ModelParts() {}

  static ModelPart of(String key) {
    String name = PREFIX.matcher(key).replaceFirst("");
    if (SECOND_TEXT_ENCODER.matcher(name).find()) {
      return ModelPart.TEXT_ENCODER_2;
    }
    if (THIRD_TEXT_ENCODER.matcher(name).find()) {
      return ModelPart.TEXT_ENCODER_3;
    }
    if (TEXT_ENCODER.matcher(name).find()) {
      return ModelPart.TEXT_ENCODER;
    }
    return UNET.matcher(name).find() ? ModelPart.UNET : ModelPart.OTHER;
  }
}
