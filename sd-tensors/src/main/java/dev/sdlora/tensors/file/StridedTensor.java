package dev.sdlora.tensors.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor whose elements do not lie in the order of their indices, such as a transposed matrix or
 * a slice of columns. PyTorch saves these as they are. Safe for use by several threads.
 */
final class StridedTensor {
  /** Where the tensor's own bytes are fewer than this share, they are fetched one by one. */
  private static final int DENSE = 8;

  private final Path path;
  private final TensorEntry entry;
  private final List<Long> strides;

  /** All bytes from the first to the last element, kept because pieces are asked for in turn. */
  private volatile @Nullable ByteBuffer span;

  /**
   * A tensor.
   *
   * @param path the file, for messages
   * @param entry the tensor
   * @param strides how many elements lie between neighbours along each dimension, none negative
   */
  StridedTensor(Path path, TensorEntry entry, List<Long> strides) {
    this.path = path;
    this.entry = entry;
    this.strides = strides;
  }

  TensorEntry entry() {
    return entry;
  }

  /**
   * Reads elements in the order of their indices up to the limit of a buffer.
   *
   * @param from how many bytes to leave out; as the room in the buffer, a multiple of an element
   */
  void read(FileChannel channel, long from, ByteBuffer target) throws IOException {
    int width = entry.dtype().bytes();
    long length = (place(entry.elements() - 1) + 1) * width;
    boolean dense = length / DENSE <= entry.byteLength();
    ByteBuffer bytes = dense ? span(channel, length) : ByteBuffer.allocate(0);
    long element = from / width;
    while (target.hasRemaining()) {
      long at = place(element) * width;
      if (dense) {
        target.put(bytes.slice((int) at, width));
      } else {
        ByteBuffer one = target.slice(target.position(), width);
        Channels.readFully(channel, one, entry.offset() + at);
        target.position(target.position() + width);
      }
      element++;
    }
  }

  private ByteBuffer span(FileChannel channel, long length) throws IOException {
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
    Channels.readFully(channel, read, entry.offset());
    span = read;
    return read;
  }

  /** How many elements behind the first one an element lies. */
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
