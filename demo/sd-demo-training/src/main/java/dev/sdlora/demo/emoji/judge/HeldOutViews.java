package dev.sdlora.demo.emoji.judge;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The accuracy of a classifier on drawn things that it was not trained on. */
final class HeldOutViews {
  private static final long SEED = 2026;
  private static final int TOP = 5;

  private final Map<String, Integer> confusions = new TreeMap<>();
  private int views;
  private int right;
  private int amongTop;

  /** Tests views of each kind, in tints and on grounds that training omitted. */
  static HeldOutViews of(NounClassifier classifier, Views views, int ofEach) {
    HeldOutViews result = new HeldOutViews();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ofEach; round++) {
      List<BufferedImage> squares = new ArrayList<>();
      for (int kind = 0; kind < classifier.kinds().size(); kind++) {
        squares.add(views.heldOut(kind, random));
      }
      List<float[]> probabilities = classifier.probabilities(squares);
      for (int kind = 0; kind < probabilities.size(); kind++) {
        result.add(classifier, kind, NounClassifier.best(probabilities.get(kind), TOP));
      }
    }
    return result;
  }

  private void add(NounClassifier classifier, int kind, List<Integer> best) {
    views++;
    int group = classifier.alike().of(kind);
    amongTop += best.contains(group) ? 1 : 0;
    if (best.get(0) == group) {
      right++;
    } else {
      Kinds kinds = classifier.kinds();
      confusions.merge(kinds.word(kind) + " taken for " + kinds.word(best.get(0)), 1, Integer::sum);
    }
  }

  /** Returns the fraction of views that are classified correctly. */
  double right() {
    return (double) right / views;
  }

  /** Returns the fraction of views whose kind is among the five most probable ones. */
  double amongTop() {
    return (double) amongTop / views;
  }

  /** Returns the accuracy, and the most frequent confusions. */
  String lines(int most) {
    String shares =
        String.format(
            Locale.ROOT,
            "the judge on %d drawn things in tints and on grounds not trained on: right %.1f %%, among the five most probable %.1f %%",
            views,
            100 * right(),
            100 * amongTop());
    String pairs =
        confusions.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .limit(most)
            .map(entry -> "\n  " + entry.getValue() + " x " + entry.getKey())
            .collect(Collectors.joining());
    return shares + pairs;
  }
}
