package dev.sdlora.tensors.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** The part of a file for one tensor: accepts exactly as many bytes as the tensor has. */
public final class ExactChannel implements WritableByteChannel {
  private final FileChannel file;
  private final String tensor;
  private final long expected;
  private long written;

  /** Creates the part of a file from its position on; the name is for messages. */
  public ExactChannel(FileChannel file, String tensor, long expected) {
    this.file = file;
    this.tensor = tensor;
    this.expected = expected;
  }

  /**
   * Writes all bytes of the buffer.
   *
   * @throws IllegalStateException if they exceed the remaining bytes of the tensor
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

  /** Throws unless all bytes of the tensor have been written. */
  public void requireComplete() {
    if (written != expected) {
      throw error(Long.toString(written));
    }
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  /** Does nothing: whoever opened the file closes it. */
  @Override
  public void close() {}

  private IllegalStateException error(String count) {
    return new IllegalStateException(
        "source of tensor '%s' must write %s bytes: %s".formatted(tensor, expected, count));
  }
}
