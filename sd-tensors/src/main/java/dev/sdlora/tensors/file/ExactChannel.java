package dev.sdlora.tensors.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** The part of a file that belongs to one tensor: takes exactly its bytes, no more and no fewer. */
final class ExactChannel implements WritableByteChannel {
  private final FileChannel file;
  private final String tensor;
  private final long expected;
  private long written;

  ExactChannel(FileChannel file, String tensor, long expected) {
    this.file = file;
    this.tensor = tensor;
    this.expected = expected;
  }

  /**
   * Writes all bytes of the buffer.
   *
   * @throws IllegalStateException if there are more than the tensor has left
   */
  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = source.remaining();
    if (count > expected - written) {
      throw error("at least " + (written + count));
    }
    Channels.writeFully(file, source);
    written += count;
    return count;
  }

  /** Fails unless all bytes of the tensor have been written. */
  void requireComplete() {
    if (written != expected) {
      throw error(Long.toString(written));
    }
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  /** Does nothing: the file is closed by the one who opened it. */
  @Override
  public void close() {}

  private IllegalStateException error(String count) {
    return new IllegalStateException(
        "source of tensor '%s' must write %s bytes: %s".formatted(tensor, expected, count));
  }
}
