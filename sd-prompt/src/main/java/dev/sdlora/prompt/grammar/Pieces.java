package dev.sdlora.prompt.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Pieces of text whose weights can still change; each change affects the end of the list. */
final class Pieces {
  private final List<String> texts = new ArrayList<>();
  private double[] weights = new double[16];

  int size() {
    return texts.size();
  }

  void add(String text, double weight) {
    if (size() == weights.length) {
      weights = Arrays.copyOf(weights, 2 * weights.length);
    }
    weights[size()] = weight;
    texts.add(text);
  }

  void scaleFrom(int start, double factor) {
    int end = size();
    for (int i = start; i < end; i++) {
      weights[i] *= factor;
    }
  }

  /**
   * Returns the pieces with neighbours of equal weight joined; one empty piece if there are none.
   */
  List<WeightedText> joined() {
    if (texts.isEmpty()) {
      return List.of(new WeightedText("", 1));
    }
    List<WeightedText> joined = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= size(); i++) {
      if (i == size() || weights[i] != weights[start]) {
        joined.add(new WeightedText(String.join("", texts.subList(start, i)), weights[start]));
        start = i;
      }
    }
    return List.copyOf(joined);
  }
}
