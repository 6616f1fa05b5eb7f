package dev.sdlora.demo.emoji.judge;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How often a classifier is right about drawn things that it has not learned from. */
final class HeldOutViews {
  private static final long SEED = 2026;
  private static final int TOP = 5;

  private final Map<String, Integer> confusions = new TreeMap<>();
  private int views;
  private int right;
  private int amongTop;

  /** Shows views of each kind, in tints and on grounds that training left out. */
  static HeldOutViews of(NounClassifier classifier, Views views, int ofEach) {
    HeldOutViews result = new HeldOutViews();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ofEach; round++) {
      List<BufferedImage> squares = new ArrayList<>();
      for (int kind = 0; kind < classifier.kinds().size(); kind++) {
        squares.add(views.heldOut(kind, random));
      }
      List<float[]> said = classifier.probabilities(squares);
      for (int kind = 0; kind < said.size(); kind++) {
        result.add(classifier, kind, NounClassifier.best(said.get(kind), TOP));
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

  /** Share of views that are told right. */
  double right() {
    return (double) right / views;
  }

  /** Share of views of which the right kind is one of the five most probable ones. */
  double amongTop() {
    return (double) amongTop / views;
  }

  /** The shares, and what was taken for what most often. */
  String lines(int most) {
    String shares =
        String.format(
            Locale.ROOT,
            "the judge about %d drawn things in tints and on grounds not trained on: right %.1f %%,"
                + " among the five most probable %.1f %%",
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
