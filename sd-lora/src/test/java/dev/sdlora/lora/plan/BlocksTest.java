package dev.sdlora.lora.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlocksTest {
  private static final Blocks BLOCKS = new Blocks(ModelNames.unet(ModelNames.SD1).keySet());

  @ParameterizedTest
  @CsvSource({
    "conv_in.weight, IN00",
    "down_blocks.0.resnets.0.conv1.weight, IN01",
    "down_blocks.0.attentions.1.proj_in.weight, IN02",
    "down_blocks.0.downsamplers.0.conv.weight, IN03",
    "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.weight, IN04",
    "down_blocks.2.attentions.1.proj_out.weight, IN08",
    "down_blocks.3.resnets.0.conv1.weight, IN10",
    "down_blocks.3.resnets.1.conv2.weight, IN11",
    "mid_block.attentions.0.proj_in.weight, MID",
    "up_blocks.0.resnets.0.conv1.weight, OUT00",
    "up_blocks.0.upsamplers.0.conv.weight, OUT02",
    "up_blocks.1.attentions.0.proj_in.weight, OUT03",
    "up_blocks.3.attentions.2.proj_in.weight, OUT11",
    "time_embedding.linear_1.weight, BASE",
    "conv_out.weight, BASE",
  })
  void of_unetWeight_isItsBlockInTheOriginalCode(String weight, String block) {
    assertThat(BLOCKS.of(weight)).isEqualTo(block);
  }
}
