package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import dev.sdlora.demo.emoji.DrawnCaptions.Caption;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests the captions of drawn scenes. */
final class DrawnCaptionsTest {
  private static final int SCENES = 1000;

  private final DrawnSceneSource source = SmallSet.source(8);

  @Test
  void plain_oneThing_allOrdersAndSynonyms() {
    DrawnScene scene = SmallSet.one("apple", Size.MEDIUM, Place.CENTRE, Colour.WHITE);
    assertThat(captions(scene))
        .containsExactlyInAnyOrder(
            "an apple on a white background",
            "an apple, white background",
            "apple, white background",
            "white background, an apple",
            "a white background with an apple",
            "a citrus on a white background",
            "a citrus, white background",
            "citrus, white background",
            "white background, a citrus",
            "a white background with a citrus");
  }

  @Test
  void plain_pairToTheRight_bothAndTheirRelation() {
    DrawnScene scene = SmallSet.pair("umbrella", Colour.ORANGE, Place.RIGHT, "dog");
    assertThat(captions(scene))
        .contains("an orange umbrella right of a dog on a pink background")
        .contains("pink background, an orange parasol to the right of a doggo")
        .allSatisfy(text -> assertThat(text).containsPattern("right of a (dog|doggo)"));
  }

  private static Set<String> captions(DrawnScene scene) {
    return IntStream.range(0, 2000)
        .mapToObj(i -> new DrawnCaptions(new SplittableRandom(i)).plain(scene).text())
        .collect(Collectors.toSet());
  }

  @Test
  void plain_anyScene_namesEachThingInItsColour() {
    for (int i = 0; i < SCENES; i++) {
      DrawnScene scene = source.next();
      Caption caption = plain(scene, i);
      assertThat(caption.nouns()).hasSameSizeAs(scene.things());
      for (int thing = 0; thing < scene.things().size(); thing++) {
        Colour colour = scene.things().get(thing).colour();
        String noun = caption.nouns().get(thing);
        assertThat(caption.text()).contains(colour == null ? noun : colour.word() + " " + noun);
      }
    }
  }

  @Test
  void plain_anyScene_nounsAreItsOwn_pluralIfSeveral() {
    for (int i = 0; i < SCENES; i++) {
      DrawnScene scene = source.next();
      Caption caption = plain(scene, i);
      for (int thing = 0; thing < scene.things().size(); thing++) {
        Noun noun = scene.things().get(thing).noun();
        Set<String> words = new HashSet<>(noun.synonyms());
        words.add(noun.word());
        if (scene.count() > 1) {
          words = words.stream().map(Plurals::of).collect(Collectors.toSet());
        }
        assertThat(words).contains(caption.nouns().get(thing));
      }
    }
  }

  @Test
  void plain_anyScene_groundAndPattern_unlessUntold() {
    for (int i = 0; i < SCENES; i++) {
      DrawnScene scene = source.next();
      String text = plain(scene, i).text();
      if (scene.groundMentioned()) {
        assertThat(text).contains("background", scene.ground().word(), scene.pattern().word());
      } else {
        assertThat(text).doesNotContain("background");
      }
    }
  }

  @Test
  void plain_anyScene_countSizeAndPlace() {
    for (int i = 0; i < SCENES; i++) {
      DrawnScene scene = source.next();
      String text = plain(scene, i).text();
      assertThat(text.contains("two ")).isEqualTo(scene.count() == 2);
      assertThat(text.contains("three ")).isEqualTo(scene.count() == 3);
      if (!scene.isPair() && scene.count() == 1) {
        assertThat(text).contains(scene.size().word(), scene.place().phrase());
      }
    }
  }

  @Test
  void withFillers_anyScene_thePlainCaptionWithWordsAroundIt() {
    int filled = 0;
    for (int i = 0; i < SCENES; i++) {
      DrawnScene scene = source.next();
      Caption plain = plain(scene, i);
      Caption caption = new DrawnCaptions(new SplittableRandom(i)).withFillers(scene);
      assertThat(caption.nouns()).isEqualTo(plain.nouns());
      String text = caption.text();
      assertThat(text.startsWith(plain.text()) || text.endsWith(plain.text())).isTrue();
      filled += text.equals(plain.text()) ? 0 : 1;
    }
    assertThat(filled / (double) SCENES).isBetween(0.08, 0.16);
  }

  private static Caption plain(DrawnScene scene, long seed) {
    return new DrawnCaptions(new SplittableRandom(seed)).plain(scene);
  }
}
