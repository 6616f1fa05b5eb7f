package dev.sdlora.tensors.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Whole reads and writes in small requests: for a heap buffer the JDK copies through a native
 * buffer as large as the request, and keeps it.
 */
final class Channels {
  /** The most bytes that one request moves. A multiple of every element size. */
  static final int CHUNK_BYTES = 1 << 20;

  private Channels() {}

  /**
   * Fills a buffer up to its limit from a position in a file, however short the reads are.
   *
   * @throws EOFException if the file ends before the buffer is full
   */
  static void readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
    int end = target.limit();
    try {
      while (target.position() < end) {
        target.limit(target.position() + Math.min(end - target.position(), CHUNK_BYTES));
        int read = channel.read(target, position);
        if (read < 0) {
          throw new EOFException("the file ends at byte " + position);
        }
        position += read;
      }
    } finally {
      target.limit(end);
    }
  }

  /** Writes all remaining bytes of a buffer at the channel's own position. */
  static void writeFully(FileChannel channel, ByteBuffer source) throws IOException {
    int end = source.limit();
    try {
      while (source.position() < end) {
        source.limit(source.position() + Math.min(end - source.position(), CHUNK_BYTES));
        channel.write(source);
      }
    } finally {
      source.limit(end);
    }
  }
}
