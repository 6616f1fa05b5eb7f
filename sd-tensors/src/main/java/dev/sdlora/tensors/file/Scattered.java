package dev.sdlora.tensors.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/**
 * A tensor whose elements do not lie in the order of their indices, such as a transposed matrix or
 * a slice of columns. PyTorch saves these as they are.
 *
 * @param path the file, for messages
 * @param entry the tensor
 * @param strides how many elements lie between neighbours along each dimension, none negative
 */
record Scattered(Path path, TensorEntry entry, List<Long> strides) {

  /**
   * Reads elements in the order of their indices up to the limit of a buffer.
   *
   * @param from how many bytes to leave out; as the room in the buffer, a multiple of an element
   */
  void read(FileChannel channel, long from, ByteBuffer target) throws IOException {
    int width = entry.dtype().bytes();
    ByteBuffer span = span(channel, width);
    long element = from / width;
    while (target.hasRemaining()) {
      int at = Math.toIntExact(place(element) * width);
      target.put(span.slice(at, width));
      element++;
    }
  }

  /** All bytes from the first to the last element, with what lies between. */
  private ByteBuffer span(FileChannel channel, int width) throws IOException {
    long length = (place(entry.elements() - 1) + 1) * width;
    if (length > Integer.MAX_VALUE - 8) {
      throw TensorFileErrors.error(
          path,
          "has tensor '%s' scattered over %d bytes, more than 2 GB"
              .formatted(entry.name(), length));
    }
    ByteBuffer span = ByteBuffer.allocate((int) length);
    Channels.readFully(channel, span, entry.offset());
    return span;
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
