package dev.sdlora.lora.plan;

import java.util.List;
import java.util.Optional;

/**
 * A prefix of layer names in LoRA files: those of kohya and LyCORIS, of the networks in diffusers,
 * ComfyUI, OneTrainer, CompVis's and Stability's code, and of wrappers without a meaning of their
 * own.
 *
 * @param text the prefix
 * @param network the network that it means; empty for a wrapper, after which another prefix may
 *     follow
 */
record KeyPrefix(String text, Optional<Network> network) {
  static final List<KeyPrefix> ALL =
      List.of(
          of("lora_unet_", Network.UNET),
          of("lora_te_", Network.TEXT_ENCODER),
          of("lora_te1_", Network.TEXT_ENCODER),
          of("lora_te2_", Network.TEXT_ENCODER_2),
          of("lora_unet.", Network.UNET),
          of("lora_te.", Network.TEXT_ENCODER),
          of("lora_te1.", Network.TEXT_ENCODER),
          of("lora_te2.", Network.TEXT_ENCODER_2),
          of("unet.", Network.UNET),
          of("text_encoder.", Network.TEXT_ENCODER),
          of("text_encoder_2.", Network.TEXT_ENCODER_2),
          of("oft_unet_", Network.UNET),
          of("oft_te_", Network.TEXT_ENCODER),
          of("oft_te1_", Network.TEXT_ENCODER),
          of("oft_te2_", Network.TEXT_ENCODER_2),
          of("unet_", Network.UNET),
          of("te_", Network.TEXT_ENCODER),
          of("te1_", Network.TEXT_ENCODER),
          of("te2_", Network.TEXT_ENCODER_2),
          of("text_encoder_", Network.TEXT_ENCODER),
          of("text_encoder_2_", Network.TEXT_ENCODER_2),
          of("diffusion_model.", Network.UNET),
          of("model.diffusion_model.", Network.UNET),
          of("text_encoders.clip_l.transformer.", Network.TEXT_ENCODER),
          of("text_encoders.clip_h.transformer.", Network.TEXT_ENCODER),
          of("text_encoders.clip_g.transformer.", Network.TEXT_ENCODER_2),
          of("text_encoders.clip_l.", Network.TEXT_ENCODER),
          of("text_encoders.clip_h.", Network.TEXT_ENCODER),
          of("text_encoders.clip_g.", Network.TEXT_ENCODER_2),
          of("clip_l.transformer.", Network.TEXT_ENCODER),
          of("clip_h.transformer.", Network.TEXT_ENCODER),
          of("clip_g.transformer.", Network.TEXT_ENCODER_2),
          of("clip_l.", Network.TEXT_ENCODER),
          of("clip_h.", Network.TEXT_ENCODER),
          of("clip_g.", Network.TEXT_ENCODER_2),
          of("cond_stage_model.transformer.", Network.TEXT_ENCODER),
          of("cond_stage_model.model.", Network.TEXT_ENCODER),
          of("conditioner.embedders.0.transformer.", Network.TEXT_ENCODER),
          of("conditioner.embedders.0.model.", Network.TEXT_ENCODER),
          of("conditioner.embedders.1.model.", Network.TEXT_ENCODER_2),
          wrapper(ModuleIndex.PEFT_MODEL),
          wrapper("lycoris_"),
          wrapper("lycoris."),
          wrapper("lora."));

  private static KeyPrefix of(String text, Network network) {
    return new KeyPrefix(text, Optional.of(network));
  }

  private static KeyPrefix wrapper(String text) {
    return new KeyPrefix(text, Optional.empty());
  }
}
