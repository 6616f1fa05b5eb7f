package dev.sdlora.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the contents of captions. */
final class CaptionsTest {
  private final SplittableRandom random = new SplittableRandom(2);

  @Test
  void of_oneThing_allOrders() {
    assertThat(captions(scene(new Thing(Shape.STAR, Colour.RED, Size.MEDIUM, Place.CENTRE))))
        .containsExactlyInAnyOrder(
            "a red star on a blue background",
            "red star on a blue background",
            "red star, blue background",
            "blue background, red star",
            "a blue background with a red star");
  }

  @Test
  void of_smallOrangeThingOnTheLeft_allOrders() {
    assertThat(captions(scene(new Thing(Shape.RING, Colour.ORANGE, Size.SMALL, Place.LEFT))))
        .containsExactlyInAnyOrder(
            "a small orange ring on the left of a blue background",
            "a small orange ring on the left, blue background",
            "small orange ring on the left, blue background",
            "blue background, small orange ring on the left",
            "a blue background with a small orange ring on the left");
  }

  @Test
  void of_twoThings_articlesAndRelation() {
    Thing above = new Thing(Shape.HEART, Colour.ORANGE, Size.SMALL, Place.TOP);
    Thing below = new Thing(Shape.CROSS, Colour.ORANGE, Size.SMALL, Place.BOTTOM);
    assertThat(captions(scene(above, below)))
        .containsExactlyInAnyOrder(
            "an orange heart above an orange cross on a blue background",
            "an orange heart above an orange cross, blue background",
            "orange heart above an orange cross, blue background",
            "blue background, an orange heart above an orange cross",
            "a blue background with an orange heart above an orange cross");
  }

  @Test
  void of_firstThingOnTheRight_saysSo() {
    Thing right = new Thing(Shape.HEART, Colour.RED, Size.SMALL, Place.RIGHT);
    Thing left = new Thing(Shape.CROSS, Colour.WHITE, Size.SMALL, Place.LEFT);
    assertThat(captions(scene(right, left)))
        .contains(
            "a red heart right of a white cross, blue background",
            "a red heart to the right of a white cross, blue background");
  }

  @Test
  void of_randomScenes_everythingNamedInLowerCase() {
    SceneSource source = new SceneSource(6);
    for (int i = 0; i < 500; i++) {
      Scene scene = source.training();
      String caption = Captions.of(scene, random);
      assertThat(caption).isLowerCase().contains(scene.ground().word() + " background");
      assertThat(scene.things())
          .allMatch(thing -> caption.contains(thing.colour().word() + " " + thing.shape().word()));
    }
  }

  private Set<String> captions(Scene scene) {
    return Stream.generate(() -> Captions.of(scene, random)).limit(300).collect(Collectors.toSet());
  }

  private static Scene scene(Thing... things) {
    return new Scene(List.of(things), Colour.BLUE, 0, SceneStyle.PLAIN, 1);
  }
}
