package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Scene;
import dev.sdlora.demo.SceneSource;
import dev.sdlora.demo.Shape;
import dev.sdlora.demo.Size;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests captions as numbers. */
final class DrawnDescriptionTest {
  private final Appearances appearances = Appearances.of(anyAppearances());

  @ParameterizedTest
  @CsvSource({"LEFT, RIGHT", "TOP, BOTTOM"})
  void of_pairTurned_theSame(Place first, Place second) {
    DrawnThing cat = new DrawnThing(SmallSet.noun("cat"), Colour.RED);
    DrawnThing dog = new DrawnThing(SmallSet.noun("dog"), null);
    assertThat(of(pair(first, cat, dog))).isEqualTo(of(pair(second, dog, cat)));
    assertThat(of(pair(first, cat, dog))).isNotEqualTo(of(pair(second, cat, dog)));
  }

  @Test
  void of_pairs_acrossAndDownDiffer() {
    DrawnThing cat = new DrawnThing(SmallSet.noun("cat"), null);
    DrawnThing dog = new DrawnThing(SmallSet.noun("dog"), null);
    assertThat(of(pair(Place.LEFT, cat, dog))).isNotEqualTo(of(pair(Place.TOP, cat, dog)));
  }

  private static DrawnScene pair(Place place, DrawnThing first, DrawnThing second) {
    return new DrawnScene(
        List.of(first, second), 1, Size.MEDIUM, place, Colour.PINK, Pattern.PLAIN, true, 1);
  }

  @Test
  void of_thing_beginsWithItsLookAndColour() {
    float[] appearance = appearances.of(SmallSet.noun("cat"));
    float[] numbers = of(thing("cat", Colour.GREEN, 1, Size.SMALL, Place.TOP));
    assertThat(Arrays.copyOf(numbers, 32)).isEqualTo(Arrays.copyOf(appearance, 32));
    assertThat(numbers[32 + index(Colour.GREEN)]).isEqualTo(1);
    assertThat(numbers[32 + index(Colour.RED)]).isZero();
  }

  @Test
  void of_scenesThatCaptionsTellApart_differ() {
    List<float[]> all =
        List.of(
            of(thing("cat", null, 1, Size.MEDIUM, Place.CENTRE)),
            of(thing("dog", null, 1, Size.MEDIUM, Place.CENTRE)),
            of(thing("cat", Colour.RED, 1, Size.MEDIUM, Place.CENTRE)),
            of(thing("cat", null, 2, Size.MEDIUM, Place.CENTRE)),
            of(thing("cat", null, 3, Size.MEDIUM, Place.CENTRE)),
            of(thing("cat", null, 1, Size.SMALL, Place.CENTRE)),
            of(thing("cat", null, 1, Size.SMALL, Place.LEFT)),
            of(thing("cat", null, 1, Size.MEDIUM, Place.CENTRE).withGround(Colour.BLUE)),
            of(ground(Pattern.DOTTED, true)),
            of(ground(Pattern.PLAIN, false)));
    for (int i = 0; i < all.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(all.get(i)).isNotEqualTo(all.get(j));
      }
    }
  }

  @Test
  void of_ground_toldIsTheLastNumber() {
    int last = DrawnDescription.NUMBERS - 1;
    assertThat(of(ground(Pattern.PLAIN, true))[last]).isEqualTo(1);
    assertThat(of(ground(Pattern.PLAIN, false))[last]).isZero();
  }

  @Test
  void of_sceneOfShapes_asOfDrawings() {
    SceneSource source = new SceneSource(5);
    Scene scene = source.training();
    while (scene.isPair()) {
      scene = source.training();
    }
    float[] numbers = DrawnDescription.of(scene, appearances);
    assertThat(numbers).hasSize(DrawnDescription.NUMBERS);
    assertThat(Arrays.copyOf(numbers, 32))
        .isEqualTo(Arrays.copyOf(appearances.of(scene.first().shape()), 32));
    assertThat(numbers[32 + index(scene.first().colour())]).isEqualTo(1);
  }

  private static DrawnScene thing(
      String word, @Nullable Colour colour, int count, Size size, Place place) {
    List<DrawnThing> things = List.of(new DrawnThing(SmallSet.noun(word), colour));
    return new DrawnScene(things, count, size, place, Colour.WHITE, Pattern.PLAIN, true, 1);
  }

  private static DrawnScene ground(Pattern pattern, boolean groundMentioned) {
    List<DrawnThing> things = List.of(new DrawnThing(SmallSet.noun("cat"), null));
    return new DrawnScene(
        things, 1, Size.MEDIUM, Place.CENTRE, Colour.WHITE, pattern, groundMentioned, 1);
  }

  private float[] of(DrawnScene scene) {
    return DrawnDescription.of(scene, appearances);
  }

  private static int index(Colour colour) {
    return List.of(Colour.values()).indexOf(colour);
  }

  private static Map<Object, float[]> anyAppearances() {
    SplittableRandom random = new SplittableRandom(1);
    Map<Object, float[]> appearances = new HashMap<>();
    SmallSet.nouns().all().forEach(noun -> appearances.put(noun, appearance(random)));
    Shape.base().forEach(shape -> appearances.put(shape, appearance(random)));
    return appearances;
  }

  private static float[] appearance(SplittableRandom random) {
    float[] appearance = new float[Appearances.NUMBERS];
    for (int i = 0; i < appearance.length; i++) {
      appearance[i] = (float) random.nextGaussian();
    }
    return appearance;
  }
}
