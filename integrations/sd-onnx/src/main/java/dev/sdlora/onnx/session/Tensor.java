package dev.sdlora.onnx.session;

import java.util.Arrays;

/**
 * An input or an output of a network.
 *
 * @param values the numbers, the last dimension changing fastest; must not be modified
 * @param shape the dimensions, at least 0 each
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and large.
public record Tensor(float[] values, int... shape) {
  /**
   * Checks the number of values.
   *
   * @throws IllegalArgumentException if it does not match the shape
   */
  public Tensor {
    long elements = 1;
    for (int side : shape) {
      elements *= side;
    }
    if (elements != values.length) {
      throw new IllegalArgumentException(
          "%s values do not match the shape %s".formatted(values.length, Arrays.toString(shape)));
    }
  }

  /** Returns a dimension, counted from the last one: 0 is the last. */
  public int fromLast(int index) {
    return shape[shape.length - 1 - index];
  }
}
