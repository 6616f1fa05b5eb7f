package dev.sdlora.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.geom.Area;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests scenes and their images. */
final class SceneTest {
  private static final Thing RED_STAR =
      new Thing(Shape.STAR, Colour.RED, Size.MEDIUM, Place.CENTRE);

  @Test
  void draw_twice_samePixels() {
    Scene scene = new SceneSource(3).training();
    assertThat(pixels(scene.draw(128))).isEqualTo(pixels(scene.draw(128)));
  }

  @Test
  void draw_anotherSeed_otherPixels() {
    assertThat(pixels(scene(1, 0).draw(128))).isNotEqualTo(pixels(scene(2, 0).draw(128)));
  }

  @Test
  void draw_noDetail_groundIsFlat() {
    BufferedImage picture = scene(1, 0).draw(128);
    assertThat(picture.getRGB(0, 0, 128, 8, null, 0, 128))
        .containsOnly(Colour.WHITE.paint().getRGB());
  }

  @Test
  void draw_fullDetail_fourLinesAcross() {
    BufferedImage picture = scene(1, 1).draw(128);
    int line = picture.getRGB(14, 14);
    assertThat(line).isNotEqualTo(Colour.WHITE.paint().getRGB());
    for (int x = 0; x < 128; x++) {
      assertThat(picture.getRGB(x, 4) == line).isEqualTo((x + 18) % 32 < 4);
    }
  }

  @Test
  void draw_dark_threeTenthsOfTheColour() {
    BufferedImage picture = scene(1, 0).withStyle(SceneStyle.DARK).draw(128);
    assertThat(picture.getRGB(0, 0) & 0xff).isEqualTo(75);
    assertThat(picture.getRGB(64, 64) >> 16 & 0xff).isEqualTo(66);
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void outlines_largeShapeAtEachPlace_insideThePicture(Shape shape) {
    for (Place place : Place.values()) {
      for (int seed = 0; seed < 20; seed++) {
        Thing thing = new Thing(shape, Colour.RED, Size.LARGE, place);
        Scene scene = new Scene(List.of(thing), Colour.WHITE, 0, SceneStyle.PLAIN, seed);
        Rectangle2D box = scene.outlines(128).get(0).getBounds2D();
        assertThat(new Rectangle2D.Double(0, 0, 128, 128).contains(box)).isTrue();
      }
    }
  }

  @Test
  void outlines_twoThings_neverTouch() {
    SceneSource source = new SceneSource(4);
    for (int i = 0; i < 200; i++) {
      List<java.awt.Shape> outlines = source.training().outlines(128);
      if (outlines.size() == 2) {
        Area shared = new Area(outlines.get(0));
        shared.intersect(new Area(outlines.get(1)));
        assertThat(shared.isEmpty()).isTrue();
      }
    }
  }

  @Test
  void scene_thingInTheGroundsColour_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Scene(List.of(RED_STAR), Colour.RED, 0, SceneStyle.PLAIN, 1))
        .withMessageContaining("red");
  }

  @Test
  void scene_twoThingsInTheCentre_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scene(1, 0).withThings(List.of(RED_STAR, RED_STAR)))
        .withMessageContaining("opposite");
  }

  @Test
  void scene_nothing_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scene(1, 0).withThings(List.of()))
        .withMessageContaining("not 0");
  }

  @Test
  void scene_detailOutOfRange_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> scene(1, 1.1));
    assertThatIllegalArgumentException().isThrownBy(() -> scene(1, -0.1));
    assertThatIllegalArgumentException().isThrownBy(() -> scene(1, Double.NaN));
  }

  private static Scene scene(long seed, double detail) {
    return new Scene(List.of(RED_STAR), Colour.WHITE, detail, SceneStyle.PLAIN, seed);
  }

  private static int[] pixels(BufferedImage picture) {
    return picture.getRGB(0, 0, 128, 128, null, 0, 128);
  }
}
