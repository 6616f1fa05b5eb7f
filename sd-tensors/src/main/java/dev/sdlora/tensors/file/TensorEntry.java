package dev.sdlora.tensors.file;

import java.util.ArrayList;
import java.util.List;

/**
 * Where one tensor lies in a file, and what it is. Immutable.
 *
 * @param name the tensor's name
 * @param dtype the format of its elements
 * @param shape the sizes of its dimensions, outermost first; empty for a scalar; a size may be 0
 * @param offset its first byte, counted from the start of the file
 * @param byteLength its length in bytes, always {@code elements() * dtype.bytes()}
 */
public record TensorEntry(
    String name, DType dtype, List<Long> shape, long offset, long byteLength) {

  /**
   * Checks that the numbers fit together.
   *
   * @throws IllegalArgumentException if a size or the offset is negative, if the sizes overflow a
   *     long, or if {@code byteLength} does not follow from shape and format
   */
  public TensorEntry {
    shape = List.copyOf(shape);
    if (offset < 0) {
      throw new IllegalArgumentException("offset must not be negative: " + offset);
    }
    if (byteLength != byteLength(shape, dtype)) {
      throw new IllegalArgumentException(
          "byteLength must be that of %s %s: %s".formatted(dtype, shape, byteLength));
    }
  }

  /** How many numbers the tensor holds: 1 for a scalar, 0 if any size is 0. */
  public long elements() {
    return byteLength / dtype.bytes();
  }

  /**
   * The same numbers in the same order under another shape.
   *
   * @throws IllegalArgumentException if the shape has more or fewer elements
   */
  public TensorEntry reshaped(List<Long> other) {
    return new TensorEntry(name, dtype, other, offset, byteLength);
  }

  /**
   * Some of the rows, which readers of the tensor's file take as they take the whole.
   *
   * @param first row, from 0
   * @param count of rows
   * @throws IllegalArgumentException if the tensor is a scalar or has fewer rows
   */
  public TensorEntry rows(long first, long count) {
    if (shape.isEmpty() || first < 0 || count < 0 || first > shape.get(0) - count) {
      throw new IllegalArgumentException(
          "tensor '%s' of shape %s has no %s rows from %s on".formatted(name, shape, count, first));
    }
    List<Long> some = new ArrayList<>(shape);
    some.set(0, count);
    long row = byteLength / Math.max(1, shape.get(0));
    return new TensorEntry(name, dtype, some, offset + first * row, count * row);
  }

  /**
   * The bytes that a tensor of this shape takes.
   *
   * @throws IllegalArgumentException if a size is negative or the product overflows a long, even
   *     when a later size is 0
   */
  static long byteLength(List<Long> shape, DType dtype) {
    long elements = 1;
    try {
      for (long size : shape) {
        if (size < 0) {
          throw new IllegalArgumentException("shape " + shape + " has a negative size");
        }
        elements = Math.multiplyExact(elements, size);
      }
      return Math.multiplyExact(elements, dtype.bytes());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("shape " + shape + " overflows", e);
    }
  }
}
