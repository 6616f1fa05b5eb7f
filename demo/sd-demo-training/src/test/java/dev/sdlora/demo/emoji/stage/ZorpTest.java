package dev.sdlora.demo.emoji.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.Noun;
import dev.sdlora.demo.emoji.SmallSet;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The figure that no one has seen. */
final class ZorpTest {
  private static final int SIDE = 128;

  private final Zorp zorp = new Zorp();

  @Test
  void has_itsViews_andNothingElse() {
    assertThat(Zorp.views()).hasSize(5).allMatch(zorp::has);
    assertThat(zorp.has(SmallSet.noun("cat"))).isFalse();
  }

  @Test
  void draw_everyView_anotherPicture() {
    List<Noun> views = Zorp.views();
    for (int i = 0; i < views.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(SmallSet.pixels(zorp.draw(views.get(i), SIDE)))
            .isNotEqualTo(SmallSet.pixels(zorp.draw(views.get(j), SIDE)));
      }
    }
  }

  @Test
  void draw_everyView_allOfItIsInside() {
    for (Noun view : Zorp.views()) {
      BufferedImage picture = zorp.draw(view, SIDE);
      for (int at = 0; at < SIDE; at++) {
        assertThat(picture.getRGB(at, 0) >>> 24).isZero();
        assertThat(picture.getRGB(at, SIDE - 1) >>> 24).isZero();
        assertThat(picture.getRGB(0, at) >>> 24).isZero();
        assertThat(picture.getRGB(SIDE - 1, at) >>> 24).isZero();
      }
    }
  }

  @Test
  void draw_leftAndRight_areMirrored() {
    BufferedImage left = zorp.draw(Zorp.views().get(1), SIDE);
    BufferedImage right = zorp.draw(Zorp.views().get(2), SIDE);
    int same = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
      int pixel = right.getRGB(SIDE - 1 - i % SIDE, i / SIDE);
      same += left.getRGB(i % SIDE, i / SIDE) == pixel ? 1 : 0;
    }
    // The light in the eye stays where it is.
    assertThat(same / (double) (SIDE * SIDE)).isGreaterThan(0.95);
  }

  @Test
  void with_otherDrawings_hasBoth() {
    Drawings drawings = Zorp.with(SmallSet.drawings());
    assertThat(drawings.has(SmallSet.noun("cat"))).isTrue();
    assertThat(Zorp.views()).hasSize(5).allMatch(drawings::has);
  }
}
