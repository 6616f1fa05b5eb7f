package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Things are where captions say, as large as they say. */
final class DrawnScenePainterTest {
  private static final int SIDE = 128;
  private static final int WHITE = Colour.WHITE.paint().getRGB();

  private final DrawnScenePainter painter = new DrawnScenePainter(SmallSet.squares(Color.BLACK));

  @Test
  void draw_sameScene_samePixels() {
    DrawnScenePainter first = new DrawnScenePainter(SmallSet.drawings());
    DrawnScenePainter second = new DrawnScenePainter(SmallSet.drawings());
    DrawnSceneSource source = SmallSet.source(3);
    for (int i = 0; i < 20; i++) {
      DrawnScene scene = source.next();
      int[] pixels = SmallSet.pixels(first.draw(scene, SIDE));
      assertThat(SmallSet.pixels(second.draw(scene, SIDE))).isEqualTo(pixels);
      assertThat(SmallSet.pixels(first.draw(scene, SIDE))).isEqualTo(pixels);
    }
  }

  @Test
  void draw_anotherSeed_aLittleElsewhere() {
    assertThat(SmallSet.pixels(painter.draw(seeded(1), SIDE)))
        .isNotEqualTo(SmallSet.pixels(painter.draw(seeded(2), SIDE)));
  }

  private static DrawnScene seeded(long seed) {
    List<DrawnThing> things = List.of(new DrawnThing(SmallSet.noun("cat"), null));
    return new DrawnScene(
        things, 1, Size.MEDIUM, Place.CENTRE, Colour.WHITE, Pattern.PLAIN, true, seed);
  }

  @ParameterizedTest
  @CsvSource({"SMALL, 0.42", "MEDIUM, 0.66", "LARGE, 0.9"})
  void draw_size_isAsWideAsThat(Size size, double share) {
    BufferedImage picture = painter.draw(one(size, Place.CENTRE), SIDE);
    int[] columns = columnsWithThings(picture);
    // The squares leave some of their side free.
    assertThat(columns.length / (double) SIDE).isCloseTo(0.92 * share, within(0.05));
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void draw_smallThingAtAPlace_itsMiddleIsThere(Place place) {
    double[] middle = middle(painter.draw(one(Size.SMALL, place), SIDE), Color.BLACK.getRGB());
    assertThat(middle[0]).isCloseTo(0.5 + 0.26 * place.across(), within(0.03));
    assertThat(middle[1]).isCloseTo(0.5 + 0.26 * place.down(), within(0.03));
  }

  @ParameterizedTest
  @EnumSource(value = Place.class, names = "CENTRE", mode = EnumSource.Mode.EXCLUDE)
  void draw_pair_theFirstAtThePlace_theSecondOpposite(Place place) {
    DrawnScenePainter tinted = new DrawnScenePainter(SmallSet.squares(Color.GRAY));
    BufferedImage picture = tinted.draw(SmallSet.pair("cat", Colour.BLUE, place, "dog"), SIDE);
    double[] first = middle(picture, Colour.BLUE.paint().getRGB());
    double[] second = middle(picture, Color.GRAY.getRGB());
    assertThat(first[0] - second[0]).isCloseTo(0.52 * place.across(), within(0.04));
    assertThat(first[1] - second[1]).isCloseTo(0.52 * place.down(), within(0.04));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void draw_several_aRowOfSoMany(int count) {
    List<DrawnThing> things = List.of(new DrawnThing(SmallSet.noun("cat"), null));
    BufferedImage picture =
        painter.draw(
            new DrawnScene(
                things, count, Size.MEDIUM, Place.CENTRE, Colour.WHITE, Pattern.PLAIN, true, 1),
            SIDE);
    int[] columns = columnsWithThings(picture);
    int runs = 1;
    for (int i = 1; i < columns.length; i++) {
      runs += columns[i] > columns[i - 1] + 1 ? 1 : 0;
    }
    assertThat(runs).isEqualTo(count);
  }

  @Test
  void draw_anyScene_nothingReachesTheBorder() {
    DrawnSceneSource source = SmallSet.source(5);
    for (int i = 0; i < 300; i++) {
      DrawnScene scene = source.next();
      BufferedImage empty = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      scene.pattern().fill(empty.createGraphics(), scene.ground().paint(), SIDE);
      BufferedImage picture = painter.draw(scene, SIDE);
      for (int at = 0; at < SIDE; at++) {
        assertThat(picture.getRGB(at, 0)).isEqualTo(empty.getRGB(at, 0));
        assertThat(picture.getRGB(at, SIDE - 1)).isEqualTo(empty.getRGB(at, SIDE - 1));
        assertThat(picture.getRGB(0, at)).isEqualTo(empty.getRGB(0, at));
        assertThat(picture.getRGB(SIDE - 1, at)).isEqualTo(empty.getRGB(SIDE - 1, at));
      }
    }
  }

  private static DrawnScene one(Size size, Place place) {
    return SmallSet.one("cat", size, place, Colour.WHITE);
  }

  private static int[] columnsWithThings(BufferedImage picture) {
    return IntStream.range(0, SIDE)
        .filter(x -> IntStream.range(0, SIDE).anyMatch(y -> picture.getRGB(x, y) != WHITE))
        .toArray();
  }

  /** The middle of all pixels of a colour, as shares of the side. */
  private static double[] middle(BufferedImage picture, int colour) {
    double x = 0;
    double y = 0;
    int count = 0;
    for (int row = 0; row < SIDE; row++) {
      for (int column = 0; column < SIDE; column++) {
        if (picture.getRGB(column, row) == colour) {
          x += column + 0.5;
          y += row + 0.5;
          count++;
        }
      }
    }
    assertThat(count).isPositive();
    return new double[] {x / count / SIDE, y / count / SIDE};
  }
}
