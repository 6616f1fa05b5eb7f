package dev.sdlora.tensors.entry;

import dev.sdlora.tensors.number.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * The location, dtype and shape of one tensor in a file. Immutable.
 *
 * @param name the tensor's name
 * @param dtype the dtype of its elements
 * @param shape the sizes of its dimensions, outermost first; empty for a scalar; a size may be 0
 * @param offset the offset of its first byte from the start of the file; past its end if the file
 *     stores blocks that readers widen
 * @param byteLength its length in bytes, always {@code elements() * dtype.bytes()}
 */
public record TensorEntry(
    String name, DType dtype, List<Long> shape, long offset, long byteLength) {

  /** The longest names in use have 200 characters. */
  public static final int MAX_NAME = 4096;

  /** PyTorch allows 64; no weight has more than 5. */
  public static final int MAX_DIMENSIONS = 64;

  /**
   * Checks that the numbers are consistent.
   *
   * @throws IllegalArgumentException if a size or the offset is negative, if the sizes overflow a
   *     long, or if {@code byteLength} does not match the shape and dtype
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

  /** Returns the number of elements: 1 for a scalar, 0 if any size is 0. */
  public long elements() {
    return byteLength / dtype.bytes();
  }

  /**
   * Returns the same elements in the same order with another shape.
   *
   * @throws IllegalArgumentException if the shape has more or fewer elements
   */
  public TensorEntry reshaped(List<Long> other) {
    return new TensorEntry(name, dtype, other, offset, byteLength);
  }

  /**
   * Returns an entry for some of the rows. Readers of the tensor's file accept it like the whole
   * tensor.
   *
   * @param first the index of the first row, from 0
   * @param count the number of rows
   * @throws IllegalArgumentException if the tensor is a scalar or has fewer rows
   */
  public TensorEntry rows(long first, long count) {
    if (shape.isEmpty() || first < 0 || count < 0 || first > shape.get(0) - count) {
      throw new IllegalArgumentException(
          "tensor '%s' of shape %s does not have %s rows from row %s on"
              .formatted(name, shape, count, first));
    }
    List<Long> some = new ArrayList<>(shape);
    some.set(0, count);
    long row = byteLength / Math.max(1, shape.get(0));
    return new TensorEntry(name, dtype, some, offset + first * row, count * row);
  }

  /**
   * Returns the size in bytes of a tensor of this shape.
   *
   * @throws IllegalArgumentException if a size is negative or the product overflows a long, even if
   *     a later size is 0
   */
  public static long byteLength(List<Long> shape, DType dtype) {
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
