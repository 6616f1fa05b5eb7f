package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.training.TrainingExample;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The twelve images of the figure, and the prompts that they do not show. */
final class NewThingTest {
  @Test
  void images_twelve_allWithItsWord() {
    assertThat(NewThing.images())
        .hasSize(12)
        .extracting(TrainingExample::caption)
        .allMatch(caption -> caption.contains(NewThing.WORD));
  }

  @Test
  void images_mostFromAfar_onGroundsOfTheirOwn() {
    assertThat(NewThing.images())
        .extracting(TrainingExample::caption)
        .doesNotHaveDuplicates()
        .filteredOn(caption -> caption.contains("small"))
        .hasSize(7);
  }

  @Test
  void newScenes_manyPrompts_noneIsThatOfAnImage() {
    Set<String> shown = new HashSet<>();
    NewThing.images().forEach(image -> shown.add(image.caption()));
    List<DrawnScene> scenes = NewThing.newScenes(48);
    assertThat(scenes).hasSize(48).doesNotHaveDuplicates();
    for (DrawnScene scene : scenes) {
      for (int seed = 0; seed < 20; seed++) {
        String caption = new DrawnCaptions(new SplittableRandom(seed)).plain(scene).text();
        assertThat(shown).doesNotContain(caption);
      }
    }
  }

  @Test
  void with_otherDrawings_hasBoth() {
    Drawings drawings = NewThing.with(SmallSet.drawings());
    assertThat(drawings.has(SmallSet.noun("cat"))).isTrue();
    assertThat(NewThing.views()).hasSize(5).allMatch(drawings::has);
  }
}
