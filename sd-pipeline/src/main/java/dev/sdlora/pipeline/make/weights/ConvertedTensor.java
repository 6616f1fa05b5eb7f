package dev.sdlora.pipeline.make.weights;

import dev.sdlora.pipeline.make.tensors.StoredTensor;
import dev.sdlora.tensors.number.BlockType;
import dev.sdlora.tensors.number.DType;
import java.util.List;
import java.util.Optional;

/**
 * A tensor of a converted file.
 *
 * @param source where its values come from
 * @param name the name in the new file
 * @param shape the shape in the new file, outermost first
 * @param dtype the dtype of its elements, or of the codes of scaled ones
 * @param block the format of its blocks, if it has blocks
 * @param scaled whether elements are multiplied by a scale
 */
record ConvertedTensor(
    StoredTensor source,
    String name,
    List<Long> shape,
    DType dtype,
    Optional<BlockType> block,
    boolean scaled) {

  ConvertedTensor {
    shape = List.copyOf(shape);
  }

  static ConvertedTensor plain(StoredTensor source, String name, List<Long> shape, DType dtype) {
    return new ConvertedTensor(source, name, shape, dtype, Optional.empty(), false);
  }

  static ConvertedTensor blocks(
      StoredTensor source, String name, List<Long> shape, BlockType type) {
    return new ConvertedTensor(source, name, shape, DType.F32, Optional.of(type), false);
  }

  static ConvertedTensor scaled(StoredTensor source, DType dtype) {
    return new ConvertedTensor(
        source, source.name(), source.shape(), dtype, Optional.empty(), true);
  }

  /** Whether the shape differs from that of the source. */
  boolean isFlattened() {
    return !shape.equals(source.shape());
  }

  /** Whether the elements are those of the source, byte for byte. */
  boolean isCopied() {
    return block.isEmpty()
        && !scaled
        && source.isStoredAs(dtype)
        && source.pieces().stream().noneMatch(piece -> piece.file().isQuantised(piece.entry()));
  }

  /** Returns the number of elements with a common scale: a row of integers, or all floats. */
  long group() {
    long rows = source.shape().isEmpty() ? 1 : source.shape().get(0);
    return dtype == DType.I8 ? source.elements() / rows : source.elements();
  }
}
