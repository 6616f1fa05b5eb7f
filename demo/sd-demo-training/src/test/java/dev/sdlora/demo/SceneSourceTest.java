package dev.sdlora.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the set of scenes and the scenes withheld from training. */
final class SceneSourceTest {
  private final SceneSource source = new SceneSource(8);

  @Test
  void training_anyThing_neverHeldOut() {
    assertThat(some(source::training))
        .allSatisfy(
            scene ->
                assertThat(scene.things())
                    .noneMatch(thing -> SceneSource.isHeldOut(thing, scene.ground())));
  }

  @Test
  void training_anyThing_neverTheNewConcept() {
    assertThat(some(source::training))
        .allSatisfy(
            scene ->
                assertThat(scene.things()).noneMatch(thing -> thing.shape() == Shape.CRESCENT));
  }

  @Test
  void training_manyScenes_plainAndFaint_aThirdOfThemPairs() {
    List<Scene> scenes = some(source::training);
    assertThat(scenes)
        .allMatch(scene -> scene.style() == SceneStyle.PLAIN && scene.detail() <= 0.3);
    assertThat(scenes.stream().filter(Scene::isPair).count()).isBetween(640L, 760L);
  }

  @Test
  void heldOut_firstThing_alwaysHeldOut() {
    assertThat(some(source::heldOut))
        .allMatch(scene -> SceneSource.isHeldOut(scene.first(), scene.ground()));
  }

  @Test
  void concept_crescent_alwaysOneCrescent() {
    assertThat(some(() -> source.concept(Shape.CRESCENT)))
        .allMatch(scene -> !scene.isPair() && scene.first().shape() == Shape.CRESCENT);
  }

  @Test
  void isHeldOut_allCombinations_aFifth() {
    long held =
        Shape.base().stream()
            .flatMap(shape -> Stream.of(Colour.values()).map(colour -> thing(shape, colour)))
            .mapToLong(
                thing ->
                    Stream.of(Colour.values())
                        .filter(ground -> ground != thing.colour())
                        .filter(ground -> SceneSource.isHeldOut(thing, ground))
                        .count())
            .sum();
    // There are 720 scenes. The number is exact, because another split would make trained models
    // worthless as evidence.
    assertThat(held).isEqualTo(143);
  }

  @Test
  void training_sameSeed_sameScenes() {
    assertThat(some(new SceneSource(8)::training)).isEqualTo(some(source::training));
  }

  private static Thing thing(Shape shape, Colour colour) {
    return new Thing(shape, colour, Size.MEDIUM, Place.CENTRE);
  }

  private static List<Scene> some(Supplier<Scene> scenes) {
    return Stream.generate(scenes).limit(2000).toList();
  }
}
