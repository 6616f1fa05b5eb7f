package dev.sdlora.pipeline.make.tensors;

import java.util.List;

/** The order in which a file stores the values of a weight. */
public enum StoredOrder {
  /** The order of the weight. */
  SAME,
  /** The columns of the weight are the rows of the file. */
  TRANSPOSED,
  /** The second half of the rows precedes the first. */
  HALVES_SWAPPED;

  /**
   * Returns the values of a weight in this order.
   *
   * @param shape the shape of the weight: a matrix if it is transposed
   */
  public float[] of(float[] values, List<Long> shape) {
    return switch (this) {
      case SAME -> values;
      case TRANSPOSED -> transposed(values, shape);
      case HALVES_SWAPPED -> swapped(values);
    };
  }

  private static float[] transposed(float[] values, List<Long> shape) {
    int rows = Math.toIntExact(shape.get(0));
    int columns = Math.toIntExact(shape.get(1));
    float[] other = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      other[i % columns * rows + i / columns] = values[i];
    }
    return other;
  }

  private static float[] swapped(float[] values) {
    int half = values.length / 2;
    float[] other = new float[values.length];
    System.arraycopy(values, half, other, 0, half);
    System.arraycopy(values, 0, other, half, half);
    return other;
  }
}
