package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scenes that no caption can tell are refused. */
final class DrawnSceneTest {
  private static final DrawnThing CAT = new DrawnThing(SmallSet.noun("cat"), null);
  private static final DrawnThing DOG = new DrawnThing(SmallSet.noun("dog"), null);

  @Test
  void scene_noneOrThreeThings_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scene(List.of(), 1, Place.CENTRE, Colour.RED, true));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scene(List.of(CAT, DOG, CAT), 1, Place.LEFT, Colour.RED, true));
  }

  @Test
  void scene_noneOrFourTimes_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scene(List.of(CAT), 0, Place.CENTRE, Colour.RED, true));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scene(List.of(CAT), 4, Place.CENTRE, Colour.RED, true));
  }

  @Test
  void scene_twoThingsInTheCentreOrSeveralTimes_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scene(List.of(CAT, DOG), 1, Place.CENTRE, Colour.RED, true))
        .withMessageContaining("opposite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scene(List.of(CAT, DOG), 2, Place.LEFT, Colour.RED, true));
  }

  @Test
  void scene_untoldGroundThatIsNotWhite_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scene(List.of(CAT), 1, Place.CENTRE, Colour.RED, false))
        .withMessageContaining("plain white");
  }

  private static DrawnScene scene(
      List<DrawnThing> things, int count, Place place, Colour ground, boolean groundMentioned) {
    return new DrawnScene(
        things, count, Size.MEDIUM, place, ground, Pattern.PLAIN, groundMentioned, 1);
  }
}
