package dev.sdlora.lora.effect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.lora.plan.Network;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockNamesTest {
  private static final BlockNames NAMES =
      new BlockNames(
          List.of(
              "down_blocks.0.resnets.0.conv1.weight",
              "down_blocks.0.resnets.1.conv1.weight",
              "up_blocks.0.resnets.2.conv1.weight"));

  /** The blocks of SD 1.x's published file: input_blocks.N, output_blocks.N. */
  @ParameterizedTest
  @CsvSource({
    "UNET, conv_in.weight, IN00",
    "UNET, down_blocks.0.resnets.0.conv1.weight, IN01",
    "UNET, down_blocks.0.attentions.1.proj_in.weight, IN02",
    "UNET, down_blocks.0.downsamplers.0.conv.weight, IN03",
    "UNET, down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.weight, IN04",
    "UNET, down_blocks.2.downsamplers.0.conv.weight, IN09",
    "UNET, down_blocks.3.resnets.1.conv2.weight, IN11",
    "UNET, mid_block.attentions.0.proj_in.weight, MID",
    "UNET, up_blocks.0.resnets.0.conv1.weight, OUT00",
    "UNET, up_blocks.0.upsamplers.0.conv.weight, OUT02",
    "UNET, up_blocks.1.attentions.0.proj_in.weight, OUT03",
    "UNET, up_blocks.3.attentions.2.proj_in.weight, OUT11",
    "UNET, time_embedding.linear_1.weight, time_embedding",
    "UNET, conv_out.weight, conv_out",
    "TEXT_ENCODER, text_model.encoder.layers.11.mlp.fc1.weight, layer 11",
    "TEXT_ENCODER, text_model.embeddings.token_embedding.weight, embeddings",
    "TEXT_ENCODER, text_model.final_layer_norm.weight, final_layer_norm",
    "TEXT_ENCODER, text_projection.weight, text_projection",
  })
  void of_weight_isTheBlockThatPeopleName(Network network, String weight, String block) {
    assertThat(NAMES.of(network, weight)).isEqualTo(block);
  }

  @ParameterizedTest
  @CsvSource({
    "encoder.conv_in.weight, encoder",
    "encoder.down_blocks.3.resnets.0.conv1.weight, encoder 3",
    "decoder.mid_block.attentions.0.to_q.weight, decoder mid",
    "decoder.up_blocks.0.resnets.2.norm1.bias, decoder 0",
    "post_quant_conv.weight, post_quant_conv",
  })
  void vae_weight_isItsLevel(String weight, String block) {
    assertThat(BlockNames.vae(weight)).isEqualTo(block);
  }
}
