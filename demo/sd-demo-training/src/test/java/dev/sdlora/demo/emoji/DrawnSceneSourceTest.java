package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import java.awt.Color;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Random scenes of drawings. */
final class DrawnSceneSourceTest {
  private static final int SCENES = 3000;
  private static final Drawings DRAWINGS = SmallSet.drawings();

  @Test
  void next_sameSeed_sameScenes() {
    assertThat(scenes(4)).isEqualTo(scenes(4)).isNotEqualTo(scenes(5));
  }

  @Test
  void with_anotherGenerator_isItsOwnRow() {
    DrawnSceneSource source = SmallSet.source(1);
    source.next();
    DrawnScene first = source.with(new SplittableRandom(9)).next();
    source.next();
    assertThat(source.with(new SplittableRandom(9)).next()).isEqualTo(first);
  }

  @Test
  void next_manyScenes_noThingIsHeldOut() {
    for (DrawnScene scene : scenes(6)) {
      assertThat(scene.things()).noneMatch(thing -> DrawnSceneSource.isHeldOut(thing, scene));
    }
  }

  @Test
  void isHeldOut_allCombinations_anEighth() {
    int heldOut = 0;
    int all = 0;
    for (Noun noun : SmallSet.nouns().all()) {
      for (Colour colour : Colour.values()) {
        for (Colour ground : Colour.values()) {
          DrawnThing thing = new DrawnThing(noun, colour);
          heldOut += DrawnSceneSource.isHeldOut(thing, single(thing, ground, true)) ? 1 : 0;
          all++;
        }
      }
      DrawnThing plain = new DrawnThing(noun, null);
      assertThat(DrawnSceneSource.isHeldOut(plain, single(plain, Colour.WHITE, false))).isFalse();
    }
    assertThat(heldOut / (double) all).isCloseTo(1 / 8.0, within(0.03));
  }

  private static DrawnScene single(DrawnThing thing, Colour ground, boolean groundMentioned) {
    return new DrawnScene(
        List.of(thing), 1, Size.MEDIUM, Place.CENTRE, ground, Pattern.PLAIN, groundMentioned, 1);
  }

  @Test
  void next_manyScenes_thingsAreClearOnTheirGround() {
    long clear =
        scenes(7).stream()
            .filter(scene -> scene.things().stream().allMatch(thing -> isClear(thing, scene)))
            .count();
    // Twenty grounds are tried; few pairs have none of them.
    assertThat(clear / (double) SCENES).isGreaterThan(0.995);
  }

  /** By the mean colour of what can be seen. */
  private static boolean isClear(DrawnThing thing, DrawnScene scene) {
    Colour colour = thing.colour();
    Color ground = scene.ground().paint();
    double[] mean = colour == null ? mean(thing.noun()) : levels(colour.paint());
    double[] other = levels(ground);
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      sum += (mean[c] - other[c]) * (mean[c] - other[c]);
    }
    return Math.sqrt(sum) > 88;
  }

  private static double[] levels(Color colour) {
    return new double[] {colour.getRed(), colour.getGreen(), colour.getBlue()};
  }

  private static double[] mean(Noun noun) {
    int[] visible =
        Arrays.stream(SmallSet.pixels(DRAWINGS.draw(noun, 32)))
            .filter(pixel -> pixel >>> 24 > 127)
            .toArray();
    double[] mean = new double[3];
    for (int pixel : visible) {
      for (int c = 0; c < 3; c++) {
        mean[c] += (pixel >> (16 - 8 * c) & 255) / (double) visible.length;
      }
    }
    return mean;
  }

  @Test
  void next_manyScenes_kindsInTheirShares() {
    List<DrawnScene> scenes = scenes(8);
    assertThat(share(scenes, DrawnScene::isPair)).isCloseTo(0.21, within(0.04));
    assertThat(share(scenes, scene -> scene.count() > 1)).isCloseTo(0.08, within(0.02));
    assertThat(share(scenes, scene -> scene.pattern() != Pattern.PLAIN)).isBetween(0.06, 0.13);
    assertThat(share(scenes, scene -> scene.first().colour() != null)).isBetween(0.1, 0.2);
    assertThat(share(scenes, scene -> !scene.groundMentioned())).isBetween(0.1, 0.25);
  }

  @Test
  void next_pair_twoNouns() {
    assertThat(scenes(9))
        .filteredOn(DrawnScene::isPair)
        .allSatisfy(
            scene -> assertThat(scene.things().get(1).noun()).isNotEqualTo(scene.first().noun()));
  }

  private static double share(List<DrawnScene> scenes, Predicate<DrawnScene> kind) {
    return scenes.stream().filter(kind).count() / (double) scenes.size();
  }

  private static List<DrawnScene> scenes(long seed) {
    DrawnSceneSource source = SmallSet.source(seed);
    return Stream.generate(source::next).limit(SCENES).toList();
  }
}
