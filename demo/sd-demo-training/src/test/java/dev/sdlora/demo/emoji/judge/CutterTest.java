package dev.sdlora.demo.emoji.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.DrawnThing;
import dev.sdlora.demo.emoji.Noun;
import dev.sdlora.demo.emoji.Pattern;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests the things found in images of known scenes. */
final class CutterTest {
  private static final int SIDE = 128;
  private static final Noun HOUSE = TinySet.NOUNS.get(1);
  private static final Noun TREE = TinySet.NOUNS.get(3);

  private final Painter painter = new Painter(TinySet.drawings());

  @Test
  void ground_everyColourAndPattern_found() {
    for (Pattern pattern : Pattern.values()) {
      for (Colour ground : Colour.values()) {
        Cutter cutter = cutter(scene(HOUSE, null, ground, pattern));
        assertThat(cutter.ground().colour()).as("%s, %s", ground, pattern).isEqualTo(ground);
      }
    }
  }

  @Test
  void box_everyPattern_thatOfTheDrawing() {
    for (Pattern pattern : Pattern.values()) {
      for (Colour ground : List.of(Colour.BLUE, Colour.GREEN, Colour.WHITE, Colour.BLACK)) {
        Cutter cutter = cutter(scene(HOUSE, null, ground, pattern));
        Rectangle box = cutter.box(cutter.whole()).orElseThrow();
        // 28 and 27 of 32 units of two thirds of the image, give or take what sizes deviate.
        assertThat(box.width).as("%s, %s", ground, pattern).isBetween(70, 79);
        assertThat(box.height).as("%s, %s", ground, pattern).isBetween(67, 77);
      }
    }
  }

  @Test
  void box_nothingThere_none() {
    BufferedImage plain = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Cutter cutter = new Cutter(plain, Pattern.PLAIN);
    assertThat(cutter.ground().colour()).isEqualTo(Colour.BLACK);
    assertThat(cutter.box(cutter.whole())).isEmpty();
    assertThat(cutter.colour(cutter.whole())).isEmpty();
  }

  @Test
  void colour_tintedThings_theTint() {
    for (Noun noun : TinySet.NOUNS) {
      for (Colour tint : Colour.values()) {
        Colour ground = tint == Colour.WHITE || tint == Colour.YELLOW ? Colour.BLUE : Colour.WHITE;
        Cutter cutter = cutter(scene(noun, tint, ground, Pattern.PLAIN));
        assertThat(cutter.colour(cutter.whole())).as("%s %s", tint, noun).hasValue(tint);
      }
    }
  }

  @Test
  void halves_twoThings_oneInEach() {
    for (Place place : List.of(Place.LEFT, Place.RIGHT, Place.TOP, Place.BOTTOM)) {
      DrawnThing tree = new DrawnThing(TREE, Colour.GREEN);
      DrawnThing house = new DrawnThing(HOUSE, Colour.RED);
      Cutter cutter =
          cutter(
              new DrawnScene(
                  List.of(tree, house),
                  1,
                  Size.MEDIUM,
                  place,
                  Colour.YELLOW,
                  Pattern.STRIPED,
                  true,
                  5));
      List<Rectangle> halves = cutter.halves(place);
      assertThat(cutter.colour(halves.get(0))).hasValue(Colour.GREEN);
      assertThat(cutter.colour(halves.get(1))).hasValue(Colour.RED);
    }
  }

  @Test
  void cut_boxAtTheBorder_groundGoesOn() {
    Cutter cutter = cutter(scene(HOUSE, Colour.RED, Colour.BLUE, Pattern.PLAIN));
    BufferedImage square = cutter.cut(new Rectangle(-SIDE, 0, SIDE, SIDE));
    int blue = square.getRGB(1, 1) & 255;
    assertThat(blue).isGreaterThan(200);
  }

  private Cutter cutter(DrawnScene scene) {
    BufferedImage picture = painter.draw(new Question(Question.About.ANY, scene, "", 4));
    return new Cutter(picture, scene.pattern());
  }

  private static DrawnScene scene(
      Noun noun, @Nullable Colour tint, Colour ground, Pattern pattern) {
    return new DrawnScene(
        List.of(new DrawnThing(noun, tint)),
        1,
        Size.MEDIUM,
        Place.CENTRE,
        ground,
        pattern,
        true,
        3);
  }
}
