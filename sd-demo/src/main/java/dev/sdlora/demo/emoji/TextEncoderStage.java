package dev.sdlora.demo.emoji;

import dev.sdlora.demo.StageLoop;
import dev.sdlora.demo.emoji.DrawnCaptions.Caption;
import dev.sdlora.demo.scratch.TextEncoderTrainer;
import dev.sdlora.demo.scratch.TextEncoderTrainer.Named;
import dev.sdlora.demo.scratch.TextEncoderTrainer.Text;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.training.step.LearningRate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The second stage: a text encoder that knows what captions say and what nouns look like. */
final class TextEncoderStage {
  static final String NETWORK = "text";
  static final int WIDTH = 128;
  static final int VOCABULARY = 49_408;

  private static final int BATCH = 32;
  private static final int STEPS = 6000;
  private static final int SAVE_EVERY = 500;
  private static final LearningRate RATE = new LearningRate(2e-3, 200, STEPS, 0.01);

  /** An empty text says nothing; guidance compares every picture with it. */
  private static final double EMPTY = 0.03;

  private final Training training;
  private final Data data;

  TextEncoderStage(Training training, Data data) {
    this.training = training;
    this.data = data;
  }

  static ClipConfig clip(int vocabulary) {
    return new ClipConfig(WIDTH, 4, WIDTH / 64, 4 * WIDTH, vocabulary, 77);
  }

  /** The text encoder as far as it is trained. */
  TextEncoderTrainer trainer() {
    return training
        .state(NETWORK)
        .begin(
            new TextEncoderTrainer(
                clip(data.vocabulary().size()),
                DrawnDescription.NUMBERS,
                Looks.NUMBERS,
                training.seed()));
  }

  /** Trains, or goes on with what an earlier run left. */
  void run() {
    Looks looks = new Looks(data.nouns(), data.drawings());
    try (TextEncoderTrainer trainer = trainer()) {
      StageLoop.run(
          "text",
          trainer.step(),
          STEPS,
          SAVE_EVERY,
          step -> trainer.step(texts(looks, step), RATE.at(step)),
          () -> training.state(NETWORK).save(trainer));
    }
  }

  private List<Text> texts(Looks looks, int step) {
    SplittableRandom random = new SplittableRandom(training.seed() * 1_000_003 + step);
    List<Text> texts = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      Captioned scene = data.scenes().of(random.nextLong());
      if (random.nextDouble() < EMPTY) {
        int[] ids = data.vocabulary().rows("");
        texts.add(new Text(ids, 1, new float[DrawnDescription.NUMBERS], List.of()));
        continue;
      }
      Caption caption = scene.caption(random);
      int[] ids = data.vocabulary().rows(caption.text());
      List<Named> named = new ArrayList<>();
      for (int n = 0; n < caption.nouns().size(); n++) {
        int last = data.vocabulary().last(ids, caption.nouns().get(n));
        named.add(new Named(last, looks.of(scene.named().get(n))));
      }
      texts.add(new Text(ids, data.vocabulary().end(ids), scene.description(looks), named));
    }
    return texts;
  }

  /** The weights as far as they are trained, with the vocabulary's rows. */
  Map<String, float[]> result() {
    try (TextEncoderTrainer trainer = trainer()) {
      return trainer.result();
    }
  }
}
