package dev.sdlora.demo.emoji.judge;

import dev.sdlora.api.Pipeline;
import dev.sdlora.demo.emoji.DrawnCaptions;
import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.DrawnSceneSource;
import dev.sdlora.demo.emoji.DrawnThing;
import dev.sdlora.demo.emoji.Noun;
import dev.sdlora.demo.emoji.Nouns;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingSet;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Images for prior preservation that the base model draws: one of each of {@value #IMAGES} nouns,
 * with all sizes, places and grounds. No prompt of the evaluation has any of these nouns.
 */
final class PriorDrawings {
  static final int IMAGES = 100;

  private static final int STEPS = 10;
  private static final long SEED = 5;
  private static final long FIRST_IMAGE = 100;

  private final Pipeline base;
  private final DrawnSceneSource scenes;

  PriorDrawings(Pipeline base, DrawnSceneSource scenes) {
    this.base = base;
    this.scenes = scenes;
  }

  /** Draws the nouns that are less common than a number of others. */
  TrainingSet besides(int common, Nouns nouns) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<TrainingExample> examples = new ArrayList<>();
    for (Noun noun : nouns.commonest(common + IMAGES).subList(common, common + IMAGES)) {
      DrawnScene scene = alone(random).withThings(List.of(new DrawnThing(noun, null)));
      String prompt = new DrawnCaptions(random.split()).plain(scene).text();
      long seed = FIRST_IMAGE + examples.size();
      examples.add(
          TrainingExample.of(
              base.generate(ModelArtist.spec(prompt, seed).steps(STEPS).build())
                  .first()
                  .toBufferedImage(),
              prompt));
    }
    return TrainingSet.of(examples);
  }

  private DrawnScene alone(SplittableRandom random) {
    while (true) {
      DrawnScene scene = scenes.with(random.split()).next();
      if (!scene.isPair() && scene.count() == 1) {
        return scene;
      }
    }
  }
}
