package dev.sdlora.pipeline.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads pieces of files. */
final class FileBytes {
  private FileBytes() {}

  /**
   * Bytes from a place in a file, in big-endian order.
   *
   * @throws EOFException if the file ends before
   */
  static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new EOFException();
      }
    }
    return bytes.flip();
  }
}
