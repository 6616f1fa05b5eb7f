package dev.sdlora.demo;

import dev.sdlora.demo.scratch.DenoiserTrainer;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * How much a network makes of each kind of word: by what share its error grows when the words of a
 * kind are wrong. It is near zero as long as the words are not understood, long before one sees
 * anything in pictures.
 */
final class WordGain {
  /** The last scenes of the cache, which training leaves alone. */
  static final int SCENES = 96;

  private static final int[] TIMES = {850, 700};
  private static final int BATCH = 32;

  private final LatentCache cache;
  private final DemoVocabulary vocabulary;

  WordGain(LatentCache cache, DemoVocabulary vocabulary) {
    this.cache = cache;
    this.vocabulary = vocabulary;
  }

  /** A line of text about a network on its way. */
  String of(DenoiserTrainer trainer) {
    StringBuilder line = new StringBuilder("error, and how much wrong words add to it:");
    for (int time : TIMES) {
      double right = error(trainer, time, scene -> scene);
      line.append(
          String.format(
              Locale.ROOT,
              "  t=%d %.5f ground %.1f %% colour %.1f %% shape %.1f %% place %.1f %%",
              time,
              right,
              100 * (error(trainer, time, WordGain::otherGround) / right - 1),
              100 * (error(trainer, time, WordGain::otherColours) / right - 1),
              100 * (error(trainer, time, WordGain::otherShapes) / right - 1),
              100 * (error(trainer, time, WordGain::otherPlaces) / right - 1)));
    }
    return line.toString();
  }

  private double error(DenoiserTrainer trainer, int time, UnaryOperator<Scene> change) {
    double sum = 0;
    for (int from = cache.size() - SCENES; from < cache.size(); from += BATCH) {
      int[] indices = IntStream.range(from, from + BATCH).toArray();
      int[][] ids = new int[BATCH][];
      for (int i = 0; i < BATCH; i++) {
        Scene told = change.apply(cache.scene(indices[i]));
        ids[i] = vocabulary.rows(Captions.of(told, new SplittableRandom(indices[i])));
      }
      sum += trainer.error(cache.batch(indices), ids, VaeStage.LATENT_SIDE, time);
    }
    return sum * BATCH / SCENES;
  }

  private static Scene otherGround(Scene scene) {
    Colour ground = next(scene.ground());
    while (ground == scene.first().colour() || ground == last(scene).colour()) {
      ground = next(ground);
    }
    return new Scene(scene.things(), ground, scene.detail(), scene.look(), scene.seed());
  }

  private static Scene otherColours(Scene scene) {
    if (scene.isPair()) {
      return scene.withThings(
          List.of(
              scene.first().withColour(last(scene).colour()),
              last(scene).withColour(scene.first().colour())));
    }
    Colour colour = next(scene.first().colour());
    Colour free = colour == scene.ground() ? next(colour) : colour;
    return scene.withThings(List.of(scene.first().withColour(free)));
  }

  private static Scene otherShapes(Scene scene) {
    List<Shape> shapes = Shape.base();
    return scene.withThings(
        scene.things().stream()
            .map(
                thing ->
                    thing.withShape(
                        shapes.get((shapes.indexOf(thing.shape()) + 3) % shapes.size())))
            .toList());
  }

  private static Scene otherPlaces(Scene scene) {
    return scene.withThings(
        scene.things().stream()
            .map(
                thing ->
                    thing.withPlace(
                        thing.place() == Place.CENTRE ? Place.LEFT : thing.place().opposite()))
            .toList());
  }

  private static Thing last(Scene scene) {
    return scene.things().get(scene.things().size() - 1);
  }

  private static Colour next(Colour colour) {
    List<Colour> colours = List.of(Colour.values());
    return colours.get((colours.indexOf(colour) + 1) % colours.size());
  }
}
