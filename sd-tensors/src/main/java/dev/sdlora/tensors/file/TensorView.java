package dev.sdlora.tensors.file;

import dev.sdlora.tensors.entry.TensorContents;
import dev.sdlora.tensors.entry.TensorEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A part of another tensor in the file, or the same elements in another order: for example, a layer
 * that some programs store as one tensor and others as three.
 *
 * @param entry the view, with its own name
 * @param strides the distance between neighbours along each dimension, in elements; empty if the
 *     view is contiguous
 * @param start the number of bytes of the tensor that follow its last byte in the view, instead of
 *     going before the others
 */
public record TensorView(TensorEntry entry, Optional<List<Long>> strides, long start) {
  /** Copies the strides. */
  public TensorView {
    strides = strides.map(List::copyOf);
  }

  private TensorView(TensorEntry entry, Optional<List<Long>> strides) {
    this(entry, strides, 0);
  }

  /** Returns the same tensor with another name. */
  public static TensorView named(TensorFile file, TensorEntry of, String name) {
    return named(file, of, name, file.contents().start(of));
  }

  private static TensorView named(TensorFile file, TensorEntry of, String name, long start) {
    List<Long> strides = file.contents().strides(of);
    return new TensorView(
        new TensorEntry(name, of.dtype(), of.shape(), of.offset(), of.byteLength()),
        strides.equals(TensorContents.inOneRow(of.shape()))
            ? Optional.empty()
            : Optional.of(strides),
        start);
  }

  /**
   * Returns a tensor with the second half of its rows before the first: some programs store a scale
   * and a shift in one order, others in the other.
   *
   * @param file the file of the tensor
   * @param of the tensor
   * @param name the name of the view
   * @throws IllegalArgumentException if the tensor is a scalar, has an odd number of rows, or is
   *     itself such a view
   */
  public static TensorView halvesSwapped(TensorFile file, TensorEntry of, String name) {
    if (of.shape().isEmpty() || of.shape().get(0) % 2 != 0) {
      throw new IllegalArgumentException(
          "tensor '%s' of shape %s does not have two halves".formatted(of.name(), of.shape()));
    }
    requireInOrder(file, of);
    return named(file, of, name, of.byteLength() / 2);
  }

  private static void requireInOrder(TensorFile file, TensorEntry of) {
    if (file.contents().start(of) > 0) {
      throw new IllegalArgumentException(
          "tensor '%s' is a view that begins in the middle of another tensor".formatted(of.name()));
    }
  }

  /**
   * Returns some of the rows of a tensor.
   *
   * @param file the file of the tensor
   * @param of the tensor
   * @param name the name of the view
   * @param first the index of the first row, from 0
   * @param count the number of rows
   * @throws IllegalArgumentException if the tensor is a scalar or has fewer rows
   */
  public static TensorView rows(
      TensorFile file, TensorEntry of, String name, long first, long count) {
    if (of.shape().isEmpty() || first < 0 || count < 1 || first + count > of.shape().get(0)) {
      throw new IllegalArgumentException(
          "rows %s to %s are outside tensor '%s' of shape %s"
              .formatted(first, first + count, of.name(), of.shape()));
    }
    requireInOrder(file, of);
    List<Long> strides = file.contents().strides(of);
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
        strides.equals(TensorContents.inOneRow(of.shape()))
            ? Optional.empty()
            : Optional.of(strides));
  }

  /**
   * Returns a matrix with rows and columns swapped.
   *
   * @param file the file of the tensor
   * @param of the tensor
   * @param name the name of the view
   * @throws IllegalArgumentException if the tensor is not a matrix
   */
  public static TensorView transposed(TensorFile file, TensorEntry of, String name) {
    if (of.shape().size() != 2) {
      throw new IllegalArgumentException(
          "tensor '%s' of shape %s is not a matrix".formatted(of.name(), of.shape()));
    }
    requireInOrder(file, of);
    List<Long> strides = file.contents().strides(of);
    List<Long> shape = List.of(of.shape().get(1), of.shape().get(0));
    return new TensorView(
        new TensorEntry(name, of.dtype(), shape, of.offset(), of.byteLength()),
        Optional.of(List.of(strides.get(1), strides.get(0))));
  }

  /** Returns the content of a file's head with views of its tensors added at the end. */
  static TensorContents added(TensorContents contents, List<TensorView> views) {
    Map<String, TensorEntry> tensors = new LinkedHashMap<>(contents.tensors());
    Map<String, List<Long>> strides = new HashMap<>(contents.strides());
    Map<String, Long> starts = new HashMap<>(contents.starts());
    for (TensorView view : views) {
      tensors.put(view.entry().name(), view.entry());
      view.strides().ifPresent(given -> strides.put(view.entry().name(), given));
      if (view.start() > 0) {
        starts.put(view.entry().name(), view.start());
      }
    }
    return new TensorContents(
        contents.dataStart(),
        contents.metadata(),
        contents.values(),
        tensors,
        strides,
        starts,
        contents.headLength());
  }
}
