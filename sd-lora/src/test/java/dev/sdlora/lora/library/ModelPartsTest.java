package dev.sdlora.lora.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.model.ModelPart;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPartsTest {
  @ParameterizedTest
  @CsvSource({
    "lora_unet_down_blocks_0_attentions_0_proj_in, UNET",
    "lora_te_text_model_encoder_layers_0_mlp_fc1, TEXT_ENCODER",
    "lora_te1_text_model_encoder_layers_0_mlp_fc1, TEXT_ENCODER",
    "lora_te2_text_projection, TEXT_ENCODER_2",
    "oft_unet_down_blocks_0_attentions_0_proj_in, UNET",
    "lycoris_mid_block_resnets_0_conv1, UNET",
    "unet.mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_q, UNET",
    "text_encoder.text_model.encoder.layers.0.self_attn.q_proj, TEXT_ENCODER",
    "text_encoder_2.text_model.encoder.layers.0.self_attn.q_proj, TEXT_ENCODER_2",
    "base_model.model.down_blocks.0.attentions.0.proj_in, UNET",
    "base_model.model.text_model.encoder.layers.0.mlp.fc1, TEXT_ENCODER",
    "diffusion_model.input_blocks.4.1.proj_in, UNET",
    "model.diffusion_model.input_blocks.4.1.proj_in, UNET",
    "text_encoders.clip_l.text_model.encoder.layers.0.mlp.fc1, TEXT_ENCODER",
    "text_encoders.clip_g.text_model.encoder.layers.0.mlp.fc1, TEXT_ENCODER_2",
    "te1_text_model_encoder_layers_0_mlp_fc1, TEXT_ENCODER",
    "text_encoder_2_text_model_encoder_layers_0_mlp_fc1, TEXT_ENCODER_2",
    "cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1, TEXT_ENCODER",
    "clip_g.text_model.encoder.layers.0.mlp.fc1, TEXT_ENCODER_2",
    "lora_te_transformer_resblocks_0_attn_in_proj, TEXT_ENCODER",
    "transformer.resblocks.0.attn.in_proj, TEXT_ENCODER",
    "conditioner.embedders.0.model.transformer.resblocks.0.mlp.c_fc, TEXT_ENCODER",
    "conditioner.embedders.1.model.transformer.resblocks.0.mlp.c_fc, TEXT_ENCODER_2",
    "lycoris.unet_mid_block_resnets_0_conv1, UNET",
    "unet:12, UNET",
    "text_encoder:3, TEXT_ENCODER",
    "transformer.single_transformer_blocks.0.attn.to_out, UNET",
    "lora_transformer_transformer_blocks_0_attn_to_q, UNET",
    "img_in, UNET",
    "final_layer.adaLN_modulation.1, UNET",
    "lora_unet_guidance_in_out_layer, UNET",
    "lora_unet__layers_0_attention_to_q, UNET",
    "lycoris_noise_refiner_0_attention_to_q, UNET",
    "double_blocks.0.img_attn.qkv, UNET",
    "text_encoders.qwen3_4b.transformer.model.layers.0.mlp.up_proj, TEXT_ENCODER",
    "x, OTHER",
  })
  void of_namesOfEveryFamily_tellTheNetwork(String key, ModelPart part) {
    assertThat(ModelParts.of(key)).isEqualTo(part);
  }
}
