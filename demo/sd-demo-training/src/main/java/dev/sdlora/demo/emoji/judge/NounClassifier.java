package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.ImageBatch;
import dev.sdlora.demo.scratch.Classifier;
import dev.sdlora.demo.scratch.ClassifierConfig;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Classifies the thing in a square cut-out of an image. Kinds that look alike count as one. Not
 * safe for use by several threads.
 */
final class NounClassifier implements AutoCloseable {
  private static final int BATCH = 64;

  private final Kinds kinds;
  private final SimilarKinds alike;
  private final Classifier network;

  /** Reads the weights that {@link NounTraining} wrote. */
  NounClassifier(Kinds kinds, SimilarKinds alike, ClassifierConfig config, Path weights) {
    this.kinds = kinds;
    this.alike = alike;
    this.network = Classifier.open(config, weights);
  }

  Kinds kinds() {
    return kinds;
  }

  SimilarKinds alike() {
    return alike;
  }

  /** Returns the probability of each group of kinds, for squares of {@link Cutter#SIDE} pixels. */
  List<float[]> probabilities(List<BufferedImage> squares) {
    List<float[]> all = new ArrayList<>();
    for (int from = 0; from < squares.size(); from += BATCH) {
      List<BufferedImage> batch = squares.subList(from, Math.min(squares.size(), from + BATCH));
      float[][] rows = network.probabilities(ImageBatch.pixels(batch), batch.size());
      Arrays.stream(rows).map(this::grouped).forEach(all::add);
    }
    return all;
  }

  private float[] grouped(float[] row) {
    float[] grouped = new float[row.length];
    for (int kind = 0; kind < row.length; kind++) {
      grouped[alike.of(kind)] += row[kind];
    }
    return grouped;
  }

  /** Returns the most probable kinds, in descending order. */
  static List<Integer> best(float[] probabilities, int count) {
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble(kind -> -probabilities[kind]))
        .limit(count)
        .toList();
  }

  @Override
  public void close() {
    network.close();
  }
}
