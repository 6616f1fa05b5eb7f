package dev.sdlora.demo;

import dev.sdlora.demo.scratch.TextEncoderTrainer;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.training.step.LearningRate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The second stage: a text encoder that knows what captions say. */
final class TextStage {
  static final int WIDTH = 64;
  static final int VOCABULARY = 49_408;

  private static final int BATCH = 32;
  private static final int STEPS = 4000;
  private static final int SAVE_EVERY = 1000;
  private static final LearningRate RATE = new LearningRate(2e-3, 100, STEPS, 0.01);

  /** An empty text says nothing; guidance compares every picture with it. */
  private static final double EMPTY = 0.03;

  private TextStage() {}

  static ClipConfig clip(int vocabulary) {
    return new ClipConfig(WIDTH, 4, 1, 4 * WIDTH, vocabulary, 77);
  }

  private static Path state(Path folder) {
    return folder.resolve("text.safetensors");
  }

  private static TextEncoderTrainer trainer(DemoVocabulary vocabulary, long seed) {
    return new TextEncoderTrainer(
        clip(vocabulary.size()), Description.NUMBERS, 0, 0, 0, ScalarType.FLOAT32, seed);
  }

  /** Trains, or goes on with what an earlier run left in the folder. */
  static void run(Path folder, DemoVocabulary vocabulary, long seed) {
    try (TextEncoderTrainer trainer = trainer(vocabulary, seed)) {
      if (Files.exists(state(folder))) {
        trainer.resume(state(folder));
      }
      StageLoop.run(
          "text",
          trainer.step(),
          STEPS,
          SAVE_EVERY,
          step -> step(trainer, vocabulary, seed * 1_000_003 + step, RATE.at(step)),
          () -> trainer.save(state(folder)));
    }
  }

  private static double step(
      TextEncoderTrainer trainer, DemoVocabulary vocabulary, long seed, double learningRate) {
    SplittableRandom random = new SplittableRandom(seed);
    SceneSource scenes = new SceneSource(random.split());
    List<TextEncoderTrainer.Text> texts = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      Scene scene = scenes.training();
      boolean empty = random.nextDouble() < EMPTY;
      int[] ids = vocabulary.rows(empty ? "" : Captions.of(scene, random));
      float[] description = empty ? new float[Description.NUMBERS] : Description.of(scene);
      texts.add(
          new TextEncoderTrainer.Text(
              ids, vocabulary.end(ids), description, List.of(), new float[0]));
    }
    return trainer.step(texts, learningRate);
  }

  /** The weights that the stage left in the folder, with the vocabulary's few rows. */
  static Map<String, float[]> result(Path folder, DemoVocabulary vocabulary, long seed) {
    try (TextEncoderTrainer trainer = trainer(vocabulary, seed)) {
      trainer.resume(state(folder));
      return trainer.result();
    }
  }
}
