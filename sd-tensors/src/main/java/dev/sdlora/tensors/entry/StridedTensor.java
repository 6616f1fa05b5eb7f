package dev.sdlora.tensors.entry;

import dev.sdlora.tensors.io.TensorFileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor whose elements are not stored in the order of their indices, such as a transposed matrix
 * or a slice of columns. PyTorch saves these as they are. Thread-safe.
 */
public final class StridedTensor {
  /**
   * If the stored range is more than this many times as long as the tensor, elements are read one
   * by one.
   */
  private static final int DENSE = 8;

  /** Reads bytes from the file. */
  public interface Bytes {
    /** Fills a buffer up to its limit from a position. */
    void read(ByteBuffer target, long position) throws IOException;
  }

  private final Path path;
  private final TensorEntry entry;
  private final List<Long> strides;

  /** All bytes from the first to the last element; cached because parts are read in turn. */
  private volatile @Nullable ByteBuffer span;

  /**
   * Creates a reader of a tensor.
   *
   * @param path the file, for messages
   * @param entry the tensor
   * @param strides the distance between neighbours along each dimension, in elements; none is
   *     negative
   */
  public StridedTensor(Path path, TensorEntry entry, List<Long> strides) {
    this.path = path;
    this.entry = entry;
    this.strides = strides;
  }

  /** Returns the tensor. */
  public TensorEntry entry() {
    return entry;
  }

  /**
   * Reads elements in the order of their indices up to the limit of a buffer.
   *
   * @param from the number of bytes to skip; a multiple of the element size, like the room in the
   *     buffer
   */
  public void read(Bytes file, long from, ByteBuffer target) throws IOException {
    int width = entry.dtype().bytes();
    long length = (place(entry.elements() - 1) + 1) * width;
    boolean dense = length / DENSE <= entry.byteLength();
    ByteBuffer bytes = dense ? span(file, length) : ByteBuffer.allocate(0);
    long element = from / width;
    while (target.hasRemaining()) {
      long at = place(element) * width;
      if (dense) {
        target.put(bytes.slice((int) at, width));
      } else {
        ByteBuffer one = target.slice(target.position(), width);
        file.read(one, entry.offset() + at);
        target.position(target.position() + width);
      }
      element++;
    }
  }

  private ByteBuffer span(Bytes file, long length) throws IOException {
    ByteBuffer known = span;
    if (known != null) {
      return known;
    }
    if (length > Integer.MAX_VALUE - 8) {
      throw TensorFileErrors.tensorError(
          path,
          entry.name(),
          "has tensor '%s' scattered over %s bytes, more than 2 GB"
              .formatted(entry.name(), length));
    }
    ByteBuffer read = ByteBuffer.allocate((int) length);
    file.read(read, entry.offset());
    span = read;
    return read;
  }

  /** Returns the distance of an element from the first one, in elements. */
  private long place(long element) {
    long place = 0;
    long rest = element;
    for (int i = entry.shape().size() - 1; i >= 0; i--) {
      long size = entry.shape().get(i);
      place += rest % size * strides.get(i);
      rest /= size;
    }
    return place;
  }
}
