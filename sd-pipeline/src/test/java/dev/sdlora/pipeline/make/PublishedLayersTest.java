package dev.sdlora.pipeline.make;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.Families;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedLayersTest {

  private static double billions(Map<String, List<Long>> weights) {
    return weights.values().stream()
            .mapToLong(shape -> shape.stream().reduce(1L, Math::multiplyExact))
            .sum()
        / 1e9;
  }

  @Test
  void ofAllFamilies_haveTheParametersOfThePublishedModels() {
    assertThat(
            billions(
                Objects.requireNonNull(
                    Families.of(ModelFamily.FLUX1).published().get(Network.UNET))))
        .isBetween(11.89, 11.91);
    assertThat(
            billions(
                Objects.requireNonNull(
                    Families.of(ModelFamily.CHROMA).published().get(Network.UNET))))
        .isBetween(8.88, 8.91);
    assertThat(
            billions(
                Objects.requireNonNull(
                    Families.of(ModelFamily.FLUX2).published().get(Network.UNET))))
        .isBetween(3.87, 3.88);
    assertThat(
            billions(
                Objects.requireNonNull(
                    Families.of(ModelFamily.Z_IMAGE).published().get(Network.UNET))))
        .isBetween(6.14, 6.16);
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, lora_unet_double_blocks_4_img_attn_qkv, 3",
    "FLUX2, lora_unet_single_blocks_19_linear2, 1",
    "FLUX2, diffusion_model.final_layer.adaLN_modulation.1, 1",
    "FLUX2, text_encoder.model.layers.35.mlp.gate_proj, 1",
    "FLUX1, lora_unet_double_blocks_18_txt_mod_lin, 1",
    "FLUX1, lora_unet_single_blocks_37_linear1, 4",
    "FLUX1, single_blocks.37.processor.qkv, 3",
    "FLUX1, lora_te3_encoder_block_23_layer_1_DenseReluDense_wi_1, 1",
    "CHROMA, lora_unet_single_blocks_37_linear1, 4",
    "CHROMA, lora_unet_double_blocks_18_txt_mod_lin, 0",
    "CHROMA, lora_unet_distilled_guidance_layer_layers_4_in_layer, 1",
    "Z_IMAGE, diffusion_model.layers.29.attention.qkv, 3",
    "Z_IMAGE, lora_unet_context_refiner_1_feed_forward_w3, 1",
    "Z_IMAGE, diffusion_model.x_embedder, 1"
  })
  void of_family_knowsTheLayersOfFiles(ModelFamily family, String key, int layers) {
    ModuleIndex index = KnownLayers.of(family);
    assertThat(index.layers(key)).hasSize(layers);
  }
}
