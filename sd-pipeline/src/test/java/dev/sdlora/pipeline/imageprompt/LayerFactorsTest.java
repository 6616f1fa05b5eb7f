package dev.sdlora.pipeline.imageprompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.image.ImagePrompt.WeightType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayerFactorsTest {
  /** The layers of SD 1.x in the order of adapters: down, up, middle. */
  private static List<String> sd1() {
    List<String> layers = new ArrayList<>();
    for (int level = 0; level < 3; level++) {
      add(layers, "down_blocks." + level, 2, 1);
    }
    for (int level = 1; level < 4; level++) {
      add(layers, "up_blocks." + level, 3, 1);
    }
    add(layers, "mid_block", 1, 1);
    return layers;
  }

  private static List<String> sdxl() {
    List<String> layers = new ArrayList<>();
    add(layers, "down_blocks.1", 2, 2);
    add(layers, "down_blocks.2", 2, 10);
    add(layers, "up_blocks.0", 3, 10);
    add(layers, "up_blocks.1", 3, 2);
    add(layers, "mid_block", 1, 10);
    return layers;
  }

  private static void add(List<String> layers, String block, int transformers, int depth) {
    for (int i = 0; i < transformers; i++) {
      for (int j = 0; j < depth; j++) {
        layers.add(block + ".attentions." + i + ".transformer_blocks." + j + ".attn2");
      }
    }
  }

  private static List<String> acting(WeightType type, boolean isSdxl, List<String> layers) {
    double[] factors = LayerFactors.of(type, isSdxl, layers);
    List<String> acting = new ArrayList<>();
    for (int i = 0; i < factors.length; i++) {
      if (factors[i] > 0) {
        String name = layers.get(i);
        acting.add(name.substring(0, name.indexOf(".transformer")));
      }
    }
    return acting.stream().distinct().toList();
  }

  @Test
  void sdxl_styleAndComposition_areTheBlocksOfInstantStyle() {
    assertThat(sdxl()).hasSize(70);
    assertThat(acting(WeightType.STYLE_TRANSFER, true, sdxl()))
        .containsExactly("up_blocks.0.attentions.1");
    assertThat(acting(WeightType.COMPOSITION, true, sdxl()))
        .containsExactly("down_blocks.2.attentions.1");
    assertThat(acting(WeightType.STYLE_AND_COMPOSITION, true, sdxl())).hasSize(2);
    assertThat(acting(WeightType.STRONG_STYLE_TRANSFER, true, sdxl()))
        .hasSize(10)
        .doesNotContain("down_blocks.2.attentions.1");
  }

  @Test
  void sd1_composition_isTheThirdLevelDown() {
    assertThat(sd1()).hasSize(16);
    assertThat(acting(WeightType.COMPOSITION, false, sd1()))
        .containsExactly("down_blocks.2.attentions.0", "down_blocks.2.attentions.1");
    assertThat(LayerFactors.of(WeightType.COMPOSITION, false, sd1())[4]).isEqualTo(0.25);
    assertThat(acting(WeightType.STYLE_TRANSFER, false, sd1()))
        .hasSize(11)
        .doesNotContain("mid_block.attentions.0", "up_blocks.1.attentions.0");
  }

  @Test
  void sd1_weakAndEased_areSharesOfTheWeight() {
    double[] weak = LayerFactors.of(WeightType.WEAK_INPUT, false, sd1());
    assertThat(weak[0]).isEqualTo(0.2);
    assertThat(weak[6]).isEqualTo(1);
    double[] eased = LayerFactors.of(WeightType.EASE_IN, false, sd1());
    assertThat(eased[0]).isCloseTo(1, within(1e-12));
    assertThat(eased[15]).isCloseTo(0.05 + 0.95 * (1 - 6 / 16.0), within(1e-12)); // The middle.
    double[] both = LayerFactors.of(WeightType.EASE_IN_OUT, false, sd1());
    assertThat(both[0]).isCloseTo(0.05, within(1e-12));
  }

  @Test
  void precise_factorsAndLayersThatKeepAway_areThoseOfIpAdapterPlus() {
    assertThat(transformers(WeightType.STYLE_TRANSFER_PRECISE, false))
        .containsExactly(1, 1, 1, 1, -0.25, -1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1);
    assertThat(transformers(WeightType.COMPOSITION_PRECISE, false))
        .containsExactly(-1, -1, -1, -1, 0.25, 1, -0.1, -0.1, -0.1, -1, -1, -1, -1, -1, -1, -1);
    assertThat(transformers(WeightType.STYLE_TRANSFER_PRECISE, true))
        .containsExactly(0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0);
    assertThat(transformers(WeightType.COMPOSITION_PRECISE, true))
        .containsExactly(-0.1, -0.1, -0.1, 1, -0.1, -0.1, -1, -0.1, -0.1, -0.1, -0.1);
  }

  /** Returns the factors of the transformers in their order, negative where layers keep away. */
  private static double[] transformers(WeightType type, boolean isSdxl) {
    List<String> layers = isSdxl ? sdxl() : sd1();
    double[] factors = LayerFactors.of(type, isSdxl, layers);
    boolean[] away = LayerFactors.away(type, isSdxl, layers);
    List<String> running =
        new ArrayList<>(layers.stream().filter(n -> n.startsWith("down")).toList());
    layers.stream().filter(n -> n.startsWith("mid")).forEach(running::add);
    layers.stream().filter(n -> n.startsWith("up")).forEach(running::add);
    return running.stream()
        .filter(name -> name.contains(".transformer_blocks.0."))
        .mapToDouble(
            name -> {
              int layer = layers.indexOf(name);
              return away[layer] && factors[layer] != 0 ? -factors[layer] : factors[layer];
            })
        .toArray();
  }

  @ParameterizedTest
  @EnumSource(WeightType.class)
  void everyType_factorsAreFrom0To1(WeightType type) {
    for (boolean isSdxl : new boolean[] {false, true}) {
      for (double factor : LayerFactors.of(type, isSdxl, isSdxl ? sdxl() : sd1())) {
        assertThat(factor).isBetween(0.0, 1.0);
      }
    }
  }
}
