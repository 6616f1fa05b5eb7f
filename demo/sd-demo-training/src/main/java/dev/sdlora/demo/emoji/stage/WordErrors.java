package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.emoji.Captioned;
import dev.sdlora.demo.emoji.DrawnCaptions;
import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.Vocabulary;
import dev.sdlora.demo.scratch.DenoiserTrainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Measures how much a network uses each kind of word, as the relative increase of its error if the
 * words are wrong. It is near zero until the words are understood, and rises long before images
 * show it.
 */
final class WordErrors {
  /** The number of held-out scenes at the end of the latents. */
  static final int SCENES = 96;

  private static final int[] TIMES = {900, 700, 400};
  private static final int BATCH = 32;

  private final Latents latents;
  private final Vocabulary vocabulary;
  private final List<DrawnScene> scenes = new ArrayList<>();
  private final List<Integer> indices = new ArrayList<>();

  WordErrors(Latents latents, Vocabulary vocabulary) {
    this.latents = latents;
    this.vocabulary = vocabulary;
    for (int i = latents.size() - SCENES; i < latents.size(); i++) {
      if (latents.scene(i) instanceof Captioned.OfDrawings drawn) {
        scenes.add(drawn.scene());
        indices.add(i);
      }
    }
  }

  /** Returns a line of text about a network in training. */
  String of(DenoiserTrainer trainer) {
    StringBuilder line = new StringBuilder("error, and how much wrong words add to it:");
    for (int time : TIMES) {
      double right = error(trainer, time, scene -> scene);
      line.append(
          String.format(
              Locale.ROOT,
              "  t=%d %.5f noun %.1f %% ground %.1f %% place %.1f %%",
              time,
              right,
              100 * (error(trainer, time, this::otherNouns) / right - 1),
              100 * (error(trainer, time, WordErrors::otherGround) / right - 1),
              100 * (error(trainer, time, WordErrors::otherPlace) / right - 1)));
    }
    return line.toString();
  }

  private double error(DenoiserTrainer trainer, int time, UnaryOperator<DrawnScene> change) {
    double sum = 0;
    int batches = scenes.size() / BATCH;
    for (int b = 0; b < batches; b++) {
      int[] at = new int[BATCH];
      int[][] ids = new int[BATCH][];
      for (int i = 0; i < BATCH; i++) {
        int scene = b * BATCH + i;
        at[i] = indices.get(scene);
        DrawnCaptions captions = new DrawnCaptions(new SplittableRandom(scene));
        ids[i] = vocabulary.rows(captions.plain(change.apply(scenes.get(scene))).text());
      }
      sum += trainer.error(latents.batch(at), ids, AutoencoderStage.LATENT_SIDE, time);
    }
    return sum / batches;
  }

  /** Replaces the nouns by those of the next scene. */
  private DrawnScene otherNouns(DrawnScene scene) {
    DrawnScene other = scenes.get((scenes.indexOf(scene) + 1) % scenes.size());
    return scene.withThings(
        scene.things().stream().map(thing -> thing.withNoun(other.first().noun())).toList());
  }

  private static DrawnScene otherGround(DrawnScene scene) {
    List<Colour> colours = List.of(Colour.values());
    int next = (colours.indexOf(scene.ground()) + 1) % colours.size();
    return scene.withGround(colours.get(next));
  }

  private static DrawnScene otherPlace(DrawnScene scene) {
    Place place = scene.place();
    return scene.count() > 1
        ? scene
        : scene.withPlace(place == Place.CENTRE ? Place.LEFT : place.opposite());
  }
}
