package dev.sdlora.tensors.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tensor that is a part of another one in the file, or the same numbers in another order: a layer
 * that one program stores in one piece, and another in three.
 *
 * @param entry what it is, under a name of its own
 * @param strides how many elements lie between neighbours along each dimension; empty where they
 *     lie in one row
 */
public record TensorView(TensorEntry entry, Optional<List<Long>> strides) {
  /** Copies the strides. */
  public TensorView {
    strides = strides.map(List::copyOf);
  }

  /** The same tensor under another name. */
  public static TensorView named(TensorFile file, TensorEntry of, String name) {
    List<Long> strides = file.strides(of);
    return new TensorView(
        new TensorEntry(name, of.dtype(), of.shape(), of.offset(), of.byteLength()),
        strides.equals(inOneRow(of.shape())) ? Optional.empty() : Optional.of(strides));
  }

  /**
   * Some of the rows of a tensor.
   *
   * @param name of the view
   * @param first row, from 0
   * @param count of rows
   * @throws IllegalArgumentException if the tensor is a scalar or has fewer rows
   */
  public static TensorView rows(
      TensorFile file, TensorEntry of, String name, long first, long count) {
    if (of.shape().isEmpty() || first < 0 || count < 1 || first + count > of.shape().get(0)) {
      throw new IllegalArgumentException(
          "rows %s to %s are not in tensor '%s' of shape %s"
              .formatted(first, first + count, of.name(), of.shape()));
    }
    List<Long> strides = file.strides(of);
    List<Long> shape = new ArrayList<>(of.shape());
    shape.set(0, count);
    long width = of.dtype().bytes();
    return new TensorView(
        new TensorEntry(
            name,
            of.dtype(),
            shape,
            of.offset() + first * strides.get(0) * width,
            TensorEntry.byteLength(shape, of.dtype())),
        strides.equals(inOneRow(of.shape())) ? Optional.empty() : Optional.of(strides));
  }

  /**
   * A matrix with rows and columns exchanged.
   *
   * @param name of the view
   * @throws IllegalArgumentException if the tensor is no matrix
   */
  public static TensorView transposed(TensorFile file, TensorEntry of, String name) {
    if (of.shape().size() != 2) {
      throw new IllegalArgumentException(
          "tensor '%s' of shape %s is no matrix".formatted(of.name(), of.shape()));
    }
    List<Long> strides = file.strides(of);
    List<Long> shape = List.of(of.shape().get(1), of.shape().get(0));
    return new TensorView(
        new TensorEntry(name, of.dtype(), shape, of.offset(), of.byteLength()),
        Optional.of(List.of(strides.get(1), strides.get(0))));
  }

  /** The strides of a tensor whose last dimension runs fastest. */
  static List<Long> inOneRow(List<Long> shape) {
    Long[] strides = new Long[shape.size()];
    long step = 1;
    for (int i = shape.size() - 1; i >= 0; i--) {
      strides[i] = step;
      step *= shape.get(i);
    }
    return List.of(strides);
  }
}
