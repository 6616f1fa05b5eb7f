package dev.sdlora.families.transformer;

import java.util.List;
import java.util.Map;

/**
 * Derives the dimensions of a network from the shapes of its weights.
 *
 * @param network its name, for errors
 * @param shapes the shapes by name
 */
public record WeightShapes(String network, Map<String, List<Long>> shapes) {
  /**
   * Returns the length of an axis.
   *
   * @throws IllegalArgumentException if the weight is missing or has no such axis
   */
  public int side(String name, int axis) {
    List<Long> shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalArgumentException("weight '%s' of %s is missing".formatted(name, network));
    }
    if (axis >= shape.size()) {
      throw new IllegalArgumentException(
          "weight '%s' of %s has shape %s, expected more than %s axes"
              .formatted(name, network, shape, axis));
    }
    return Math.toIntExact(shape.get(axis));
  }

  /**
   * Returns the number of equal parts of a weight's rows.
   *
   * @throws IllegalArgumentException if they are not a multiple of a part
   */
  public int parts(String name, int rows) {
    int all = side(name, 0);
    if (rows == 0 || all == 0 || all % rows != 0) {
      throw new IllegalArgumentException(
          "weight '%s' of %s has %s rows, expected a multiple of the head width %s"
              .formatted(name, network, all, rows));
    }
    return all / rows;
  }

  /** Returns the number of consecutive layers, from 0, that have a weight. */
  public int count(String before, String after) {
    int count = 0;
    while (shapes.containsKey(before + count + after)) {
      count++;
    }
    return count;
  }
}
