package dev.sdlora.demo;

import java.util.Map;

/**
 * A thing that was recognised in a picture.
 *
 * @param thing what it is taken for
 * @param scores how well each shape covers it, 0 to 1
 */
public record Sighting(Thing thing, Map<Shape, Double> scores) {
  /** Keeps its own copy of the scores. */
  public Sighting {
    scores = Map.copyOf(scores);
  }

  /** How much better a shape covers it than the best other one; above zero when it is the one. */
  public double lead(Shape shape) {
    double others =
        scores.entrySet().stream()
            .filter(score -> score.getKey() != shape)
            .mapToDouble(Map.Entry::getValue)
            .max()
            .orElse(0);
    return scores.getOrDefault(shape, 0.0) - others;
  }
}
