package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.ImageMeasures;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drawings with more and less detail. */
final class DetailTest {
  private final Drawings drawings = SmallSet.drawings();

  @Test
  void draw_noneChanged_theDrawingItself() {
    Noun cat = SmallSet.noun("cat");
    assertThat(SmallSet.pixels(new Detail(drawings, 0).draw(cat, 64)))
        .isEqualTo(SmallSet.pixels(drawings.draw(cat, 64)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, -0.5, 0.5, 1})
  void draw_anyAmount_outlineStays(double amount) {
    for (Noun noun : SmallSet.nouns().all()) {
      int[] changed = SmallSet.pixels(new Detail(drawings, amount).draw(noun, 64));
      int[] original = SmallSet.pixels(drawings.draw(noun, 64));
      for (int i = 0; i < changed.length; i++) {
        assertThat(changed[i] >>> 24).isEqualTo(original[i] >>> 24);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cat", "apple", "house"})
  void draw_moreDetail_higherFrequencies(String word) {
    DrawnScene scene = SmallSet.one(word, Size.MEDIUM, Place.CENTRE, Colour.PINK);
    double last = 0;
    for (double amount = -1; amount <= 1; amount += 0.25) {
      DrawnScenePainter painter = new DrawnScenePainter(new Detail(drawings, amount));
      BufferedImage picture = painter.draw(scene, 128);
      double energy = ImageMeasures.highFrequency(picture);
      assertThat(energy).isGreaterThan(last);
      last = energy;
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1.1, 1.5, Double.NaN})
  void detail_outOfRange_isRefused(double amount) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Detail(drawings, amount));
  }
}
