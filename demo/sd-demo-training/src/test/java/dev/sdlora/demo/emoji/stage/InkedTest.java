package dev.sdlora.demo.emoji.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.ImageMeasures;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.DrawnScenePainter;
import dev.sdlora.demo.emoji.Noun;
import dev.sdlora.demo.emoji.SmallSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drawings in ink. */
final class InkedTest {
  private final Drawings drawings = SmallSet.drawings();
  private final Drawings inked = new Inked(drawings, 1);

  @Test
  void draw_anyNoun_outlineStays() {
    for (Noun noun : SmallSet.nouns().all()) {
      int[] changed = SmallSet.pixels(inked.draw(noun, 64));
      int[] original = SmallSet.pixels(drawings.draw(noun, 64));
      for (int i = 0; i < changed.length; i++) {
        assertThat(changed[i] >>> 24).isEqualTo(original[i] >>> 24);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cat", "apple", "house"})
  void draw_moreInk_higherFrequencies(String word) {
    DrawnScene scene = SmallSet.one(word, Size.MEDIUM, Place.CENTRE, Colour.PINK);
    assertThat(
            Stream.of(drawings, inked, new Inked(drawings, 2))
                .map(set -> new DrawnScenePainter(set).draw(scene, 128))
                .map(ImageMeasures::highFrequency)
                .toList())
        .isSorted()
        .doesNotHaveDuplicates();
  }
}
