package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.ImageBatch;
import dev.sdlora.demo.scratch.ClassifierConfig;
import dev.sdlora.demo.scratch.ClassifierTrainer;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.training.step.LearningRate;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Trains the network that classifies kinds, or reads it from a file.
 *
 * <p>Because drawing a view takes longer than learning from it, each view is used several times, in
 * different batches (data echoing, Choi et al. 2019).
 */
final class NounTraining {
  private static final String KINDS = "kinds";
  private static final int BATCH = 32;
  private static final int NEW = 16;
  private static final int KEPT = 2048;
  private static final double PEAK = 2e-3;
  private static final int PRINT_EVERY = 200;
  private static final long SEED = 20;

  private final Kinds kinds;
  private final Views views;
  private final ClassifierConfig config;
  private final int steps;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final List<Learned> kept = new ArrayList<>();
  private int drawn;

  private record Learned(int kind, BufferedImage square) {}

  NounTraining(Kinds kinds, Views views, ClassifierConfig config, int steps) {
    this.kinds = kinds;
    this.views = views;
    this.config = config;
    this.steps = steps;
  }

  /** Returns the network for these kinds, with about 0.9 million weights for a thousand. */
  static ClassifierConfig config(Kinds kinds) {
    return new ClassifierConfig(Cutter.SIDE, List.of(48, 112, 160), 192, kinds.size());
  }

  /** Opens the trained network; trains it first if the file is missing or has other kinds. */
  NounClassifier open(Path file, SimilarKinds alike) {
    if (!Files.exists(file) || !fingerprint().equals(TensorFile.open(file).metadata().get(KINDS))) {
      train(file);
    }
    return new NounClassifier(kinds, alike, config, file);
  }

  private String fingerprint() {
    int hash = steps;
    for (int kind = 0; kind < kinds.size(); kind++) {
      hash = 31 * hash + kinds.word(kind).hashCode();
    }
    return kinds.size() + "-" + Integer.toHexString(hash);
  }

  private void train(Path file) {
    LearningRate rate = new LearningRate(PEAK, steps / 20, steps, 0.01);
    try (ClassifierTrainer trainer = new ClassifierTrainer(config, SEED)) {
      double sum = 0;
      for (int step = 0; step < steps; step++) {
        List<BufferedImage> squares = new ArrayList<>();
        int[] wanted = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
          Learned learned = i < NEW || kept.size() < KEPT / 2 ? drawn() : kept();
          squares.add(learned.square());
          wanted[i] = learned.kind();
        }
        sum += trainer.step(ImageBatch.pixels(squares), wanted, rate.at(step));
        if ((step + 1) % PRINT_EVERY == 0) {
          System.out.printf("judge step %d loss %.4f%n", step + 1, sum / PRINT_EVERY);
          sum = 0;
        }
      }
      trainer.write(file, Map.of(KINDS, fingerprint()));
    }
  }

  /** Returns a new view, cycling through the kinds. */
  private Learned drawn() {
    int kind = drawn % kinds.size();
    Learned learned = new Learned(kind, views.training(kind, random));
    if (kept.size() < KEPT) {
      kept.add(learned);
    } else {
      kept.set(drawn % KEPT, learned);
    }
    drawn++;
    return learned;
  }

  private Learned kept() {
    return kept.get(random.nextInt(kept.size()));
  }
}
