package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.StageLoop;
import dev.sdlora.demo.WarmRestart;
import dev.sdlora.demo.emoji.Appearances;
import dev.sdlora.demo.emoji.Captioned;
import dev.sdlora.demo.emoji.DrawnCaptions.Caption;
import dev.sdlora.demo.emoji.DrawnDescription;
import dev.sdlora.demo.scratch.TextEncoderTrainer;
import dev.sdlora.demo.scratch.TextEncoderTrainer.Named;
import dev.sdlora.demo.scratch.TextEncoderTrainer.Text;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.training.step.LearningRate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The second stage: a text encoder that knows the meaning of captions, the appearances of nouns and
 * the layout of images.
 */
final class TextEncoderStage {
  static final String NETWORK = "text";
  static final int WIDTH = 128;
  static final int VOCABULARY = 49_408;

  /** Wide, because the nouns are stored here; the maximum for a checkpoint of 40 MB. */
  private static final int INNER = 1376;

  private static final int BATCH = 64;
  private static final int SAVE_EVERY = 1000;

  /** The fraction of single-thing scenes that are skipped, because pairs are harder to learn. */
  private static final double PASSED_OVER = 0.35;

  private static final WarmRestart RATE =
      new WarmRestart(
          new LearningRate(2e-3, 200, 24_000, 0.5), new LearningRate(1.5e-3, 300, 10_500, 0.01));

  /** The fraction of empty texts, which guidance compares every image with. */
  private static final double EMPTY = 0.03;

  private final Training training;
  private final Data data;

  TextEncoderStage(Training training, Data data) {
    this.training = training;
    this.data = data;
  }

  static ClipConfig clip(int vocabulary) {
    return new ClipConfig(WIDTH, 4, WIDTH / 64, INNER, vocabulary, 77);
  }

  /** Returns the text encoder in its current state of training. */
  TextEncoderTrainer trainer() {
    return training
        .state(NETWORK)
        .begin(
            new TextEncoderTrainer(
                clip(data.vocabulary().size()),
                DrawnDescription.NUMBERS,
                Appearances.NUMBERS,
                Cells.COUNT,
                Cells.NUMBERS,
                ScalarType.BFLOAT16,
                Training.THREADS,
                training.seed()));
  }

  /** Returns the concatenated latents that a text encoder predicts for texts, at unit variance. */
  static float[] sketches(TextEncoderTrainer trainer, int[][] ids) {
    return Cells.latents(trainer.cells(ids));
  }

  /** Trains the stage, resuming an interrupted run. */
  void run() {
    Latents latents = Latents.open(training, data, DenoiserStage.SCENES);
    Appearances appearances = new Appearances(data.nouns(), data.drawings());
    try (TextEncoderTrainer trainer = trainer()) {
      StageLoop.run(
          "text",
          trainer.step(),
          RATE.steps(),
          SAVE_EVERY,
          step -> trainer.step(texts(appearances, latents, step), RATE.at(step)),
          () -> {
            training.state(NETWORK).save(trainer);
            System.out.printf("held-out cells: error %.4f%n", cellError(trainer, latents));
          });
    }
  }

  /** Returns the mean squared error of the cells in held-out scenes; the cells have variance 1. */
  private double cellError(TextEncoderTrainer trainer, Latents latents) {
    int[] heldOut = IntStream.range(latents.size() - WordErrors.SCENES, latents.size()).toArray();
    int[][] ids = latents.plainCaptions(data.vocabulary(), heldOut);
    float[] predicted = Cells.latents(trainer.cells(ids));
    float[] drawn = latents.batch(heldOut);
    double sum = 0;
    for (int i = 0; i < drawn.length; i++) {
      sum += (predicted[i] - drawn[i]) * (predicted[i] - drawn[i]);
    }
    return sum / drawn.length;
  }

  private List<Text> texts(Appearances appearances, Latents latents, int step) {
    SplittableRandom random = new SplittableRandom(training.seed() * 1_000_003 + step);
    List<Text> texts = new ArrayList<>();
    while (texts.size() < BATCH) {
      int index = random.nextInt(latents.size() - WordErrors.SCENES);
      Captioned scene = latents.scene(index);
      if (scene.named().size() < 2 && random.nextDouble() < PASSED_OVER) {
        continue;
      }
      float[] cells = Cells.of(latents.batch(index));
      if (random.nextDouble() < EMPTY) {
        int[] ids = data.vocabulary().rows("");
        float[] nothing = new float[DrawnDescription.NUMBERS];
        texts.add(new Text(ids, 1, nothing, List.of(), cells));
        continue;
      }
      Caption caption = scene.caption(random);
      int[] ids = data.vocabulary().rows(caption.text());
      int end = data.vocabulary().end(ids);
      if (end < ids.length - Cells.COUNT) {
        texts.add(
            new Text(
                ids,
                end,
                scene.description(appearances),
                named(appearances, scene, caption, ids),
                cells));
      }
    }
    return texts;
  }

  private List<Named> named(Appearances appearances, Captioned scene, Caption caption, int[] ids) {
    List<Named> named = new ArrayList<>();
    for (int n = 0; n < caption.nouns().size(); n++) {
      int last = data.vocabulary().last(ids, caption.nouns().get(n));
      named.add(new Named(last, appearances.of(scene.named().get(n))));
    }
    return named;
  }
}
