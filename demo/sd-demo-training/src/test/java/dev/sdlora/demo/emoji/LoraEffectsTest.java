package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.demo.emoji.LoraEffects.Effect;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Effects measured on images whose effects are known. */
final class LoraEffectsTest {
  private static final int SCENES = 4;

  private final LoraImages drawn = images(SmallSet.drawings());
  private final LoraImages squares = images(SmallSet.squares(new Color(120, 110, 100)));

  @ParameterizedTest
  @EnumSource(
      value = EmojiLora.class,
      names = {"FLUENT_3D", "NOTO", "INK_LINES"})
  void of_styleMixedByWeight_theWeightItself(EmojiLora style) {
    Effect effect = new LoraEffects(squares, mixed(squares), SCENES).of(style);
    for (int w = 0; w < effect.means().size(); w++) {
      assertThat(effect.means().get(w)).isCloseTo(LoraEffects.WEIGHTS.get(w), within(0.02));
    }
    assertThat(effect.isMonotone()).isTrue();
    assertThat(effect.sameBytes()).isTrue();
  }

  @Test
  void of_night_darkerByWeight_aThirdAtOne() {
    Effect effect = new LoraEffects(drawn, mixed(drawn), SCENES).of(EmojiLora.NIGHT);
    assertThat(effect.isMonotone()).isTrue();
    assertThat(effect.means().get(4) / effect.means().get(2)).isBetween(0.24, 0.42);
  }

  @Test
  void of_slider_moreDetailByWeight() {
    Effect effect = new LoraEffects(drawn, mixed(drawn), SCENES).of(EmojiLora.DETAIL);
    assertThat(effect.isMonotone()).isTrue();
  }

  @Test
  void of_figure_itselfAtOne() {
    Effect effect = new LoraEffects(drawn, mixed(drawn), SCENES).of(EmojiLora.ZORP);
    assertThat(effect.means().get(4)).isCloseTo(1, within(1e-6));
    assertThat(effect.means().get(2)).isLessThan(0.7);
    assertThat(effect.means().get(3)).isBetween(effect.means().get(2), effect.means().get(4));
  }

  @Test
  void of_artistWithoutLoras_isNotMonotone() {
    Artist deaf = (scene, prompt, weights, seed) -> drawn.draw(EmojiLora.NIGHT, scene, 0);
    Effect effect = new LoraEffects(drawn, deaf, SCENES).of(EmojiLora.NIGHT);
    assertThat(effect.isMonotone()).isFalse();
    assertThat(effect.sameBytes()).isTrue();
  }

  @Test
  void of_weightZeroThatChanges_isSeen() {
    Artist careless =
        (scene, prompt, weights, seed) ->
            drawn.draw(EmojiLora.NIGHT, scene, weights.isEmpty() ? 0 : 1);
    assertThat(new LoraEffects(drawn, careless, SCENES).of(EmojiLora.NIGHT).sameBytes()).isFalse();
  }

  @Test
  void together_two_eachShowsBesideTheOther() {
    LoraEffects effects = new LoraEffects(squares, mixed(squares), SCENES);
    List<EmojiLora> two = List.of(EmojiLora.NOTO, EmojiLora.NIGHT);
    Map<EmojiLora, Double> neither = effects.together(two, List.of());
    Map<EmojiLora, Double> noto = effects.together(two, List.of(EmojiLora.NOTO));
    Map<EmojiLora, Double> both = effects.together(two, two);
    assertThat(neither.get(EmojiLora.NOTO)).isCloseTo(0, within(1e-6));
    assertThat(noto.get(EmojiLora.NOTO)).isCloseTo(1, within(0.02));
    double byDay = Objects.requireNonNull(noto.get(EmojiLora.NIGHT));
    assertThat(both.get(EmojiLora.NIGHT)).isLessThan(0.5 * byDay);
  }

  @Test
  void figureWithoutItsWord_artistThatDrawsItEverywhere_isSeen() {
    Artist everywhere =
        (scene, prompt, weights, seed) -> {
          double weight = weights.getOrDefault(EmojiLora.ZORP, 0.0);
          DrawnThing figure = new DrawnThing(Zorp.views().get(0), null);
          DrawnScene shown = weight > 0 ? scene.withThings(List.of(figure)) : scene;
          return drawn.draw(EmojiLora.ZORP, shown, 1);
        };
    LoraEffects effects = new LoraEffects(drawn, everywhere, SCENES);
    assertThat(effects.figureWithoutItsWord(0)).isLessThan(0.7);
    assertThat(effects.figureWithoutItsWord(1)).isCloseTo(1, within(1e-6));
  }

  @Test
  void row_ofPictures_oneForEachWeight_ofWhatThePromptSays() {
    LoraEffects effects = new LoraEffects(drawn, mixed(drawn), 2);
    assertThat(effects.row(EmojiLora.NIGHT, 1)).hasSameSizeAs(LoraEffects.WEIGHTS);
    assertThat(effects.prompt(EmojiLora.ZORP, 1)).contains(Zorp.WORD, "background");
  }

  @Test
  void line_effect_saysAllOfIt() {
    Effect effect = new Effect(EmojiLora.NIGHT, List.of(0.9, 0.8, 0.7, 0.5, 0.2, 0.1), true);
    assertThat(effect.line())
        .startsWith("night")
        .contains("mean luminance", "-1.0: 0.90000", "+1.5: 0.10000", "monotone: true")
        .endsWith("same bytes: true");
  }

  /** Draws what all LoRAs at their weights would make of a scene, mixed pixel by pixel. */
  private static Artist mixed(LoraImages pictures) {
    return (scene, prompt, weights, seed) -> {
      boolean figure = scene.first().noun().word().equals(Zorp.WORD);
      DrawnThing dog = new DrawnThing(SmallSet.noun("dog"), null);
      DrawnScene base = figure ? scene.withThings(List.of(dog)) : scene;
      BufferedImage picture = pictures.draw(EmojiLora.NIGHT, base, 0);
      for (Map.Entry<EmojiLora, Double> entry : weights.entrySet()) {
        EmojiLora lora = entry.getKey();
        if (lora == EmojiLora.DETAIL) {
          picture = pictures.draw(lora, scene, entry.getValue() / 2);
        } else {
          picture = mixed(picture, pictures.draw(lora, scene, 1), entry.getValue());
        }
      }
      return picture;
    };
  }

  private static BufferedImage mixed(BufferedImage from, BufferedImage to, double share) {
    int side = from.getWidth();
    BufferedImage mixed = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      int a = from.getRGB(i % side, i / side);
      int b = to.getRGB(i % side, i / side);
      int rgb = 0;
      for (int shift = 16; shift >= 0; shift -= 8) {
        int level = a >> shift & 255;
        double value = level + share * ((b >> shift & 255) - level);
        rgb = rgb << 8 | (int) Math.round(Math.max(0, Math.min(255, value)));
      }
      mixed.setRGB(i % side, i / side, rgb);
    }
    return mixed;
  }

  private static LoraImages images(Drawings base) {
    Map<Style, Drawings> styles = new EnumMap<>(Style.class);
    for (Style style : Style.values()) {
      styles.put(style, SmallSet.squares(new Color(160, 100, 90)));
    }
    styles.put(Style.FLAT, base);
    return new LoraImages(SmallSet.nouns(), styles);
  }
}
