package dev.sdlora.training.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.lora.plan.Network;
import dev.sdlora.training.option.LayerRule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayerRulesTest {
  /** Two residual blocks in a level, as in SD 1.x. */
  private static final List<String> WEIGHTS =
      List.of(
          "down_blocks.0.resnets.0.conv1.weight",
          "down_blocks.0.resnets.1.conv1.weight",
          "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight",
          "mid_block.attentions.0.proj_in.weight");

  private static final String IN04 = "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k";
  private static final String MID = "mid_block.attentions.0.proj_in";
  private static final String TEXT = "text_model.encoder.layers.0.mlp.fc1";

  private static LayerRules rules(String... layers) {
    return new LayerRules(List.of(layers).stream().map(LayerRule::of).toList(), WEIGHTS);
  }

  private static String found(LayerRules rules, Network network, String layer) {
    return rules.of(network, layer).map(LayerRule::layers).orElse("none");
  }

  @Test
  void of_layerOfABlock_isFoundByTheBlocksName() {
    assertThat(found(rules("MID", "IN04"), Network.UNET, IN04)).isEqualTo("IN04");
    assertThat(found(rules("MID", "IN04"), Network.UNET, MID)).isEqualTo("MID");
    assertThat(found(rules("M00"), Network.UNET, MID)).isEqualTo("M00");
    assertThat(found(rules("BASE"), Network.TEXT_ENCODER, TEXT)).isEqualTo("BASE");
    assertThat(found(rules("BASE", "OUT03"), Network.UNET, IN04)).isEqualTo("none");
  }

  @Test
  void of_layerOfSeveralRules_isTheFirst() {
    assertThat(found(rules(".*attn2.*", "IN04"), Network.UNET, IN04)).isEqualTo(".*attn2.*");
    assertThat(found(rules("IN04", ".*attn2.*"), Network.UNET, IN04)).isEqualTo("IN04");
  }

  @Test
  void of_expression_mustMatchTheWholeName() {
    assertThat(found(rules("attn2"), Network.UNET, IN04)).isEqualTo("none");
  }

  @Test
  void requireMatches_ruleWithoutLayers_isRefusedWithTheNearestName() {
    Map<Network, List<String>> layers = Map.of(Network.UNET, List.of(IN04, MID));

    rules("IN04", ".*proj_in").requireMatches(layers);
    assertThatThrownBy(() -> rules("IN40").requireMatches(layers))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rules must match layers that are trained; did you mean 'IN04'?: 'IN40'");
    assertThatThrownBy(() -> rules("BASE").requireMatches(layers))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("rules must match layers that are trained");
  }

  @Test
  void requireMatches_everyLayerLeftOut_isRefused() {
    LayerRules rules = new LayerRules(List.of(LayerRule.leaveOut(".*")), WEIGHTS);

    assertThatThrownBy(() -> rules.requireMatches(Map.of(Network.UNET, List.of(IN04, MID))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rules must leave a layer of the denoiser to train: [.*]");
  }
}
