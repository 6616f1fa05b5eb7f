package dev.sdlora.examples.demo;

import dev.sdlora.training.scratch.DenoiserTrainer;
import dev.sdlora.training.scratch.LatentScaling;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

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
  private final LatentScaling scaling;
  private final DemoVocabulary vocabulary;

  WordGain(LatentCache cache, LatentScaling scaling, DemoVocabulary vocabulary) {
    this.cache = cache;
    this.scaling = scaling;
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
      int elements = cache.latents()[from].length;
      float[] latents = new float[BATCH * elements];
      int[][] ids = new int[BATCH][];
      for (int i = 0; i < BATCH; i++) {
        float[] unit = scaling.unit(cache.latents()[from + i], ModelStage.SCALE);
        System.arraycopy(unit, 0, latents, i * elements, elements);
        Scene told = change.apply(cache.scene(from + i));
        ids[i] = vocabulary.rows(Captions.of(told, new SplittableRandom(from + i)));
      }
      sum += trainer.error(latents, ids, VaeStage.SIDE / 8, time);
    }
    return sum * BATCH / SCENES;
  }

  private static Scene otherGround(Scene scene) {
    Colour ground = next(Colour.values(), scene.ground());
    while (ground == scene.first().colour() || ground == last(scene).colour()) {
      ground = next(Colour.values(), ground);
    }
    return new Scene(scene.things(), ground, scene.detail(), scene.look(), scene.seed());
  }

  private static Scene otherColours(Scene scene) {
    if (scene.isPair()) {
      return scene.withThings(
          List.of(
              recoloured(scene.first(), last(scene).colour()),
              recoloured(last(scene), scene.first().colour())));
    }
    Colour colour = next(Colour.values(), scene.first().colour());
    return scene.withThings(
        List.of(
            recoloured(
                scene.first(), colour == scene.ground() ? next(Colour.values(), colour) : colour)));
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
                    new Thing(
                        thing.shape(),
                        thing.colour(),
                        thing.size(),
                        thing.place() == Place.CENTRE ? Place.LEFT : thing.place().opposite()))
            .toList());
  }

  private static Thing recoloured(Thing thing, Colour colour) {
    return new Thing(thing.shape(), colour, thing.size(), thing.place());
  }

  private static Thing last(Scene scene) {
    return scene.things().get(scene.things().size() - 1);
  }

  private static Colour next(Colour[] all, Colour colour) {
    List<Colour> colours = List.of(all);
    return colours.get((colours.indexOf(colour) + 1) % all.length);
  }
}
