package dev.sdlora.tensors.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Complete reads and writes in small requests. For a heap buffer the JDK copies through a native
 * buffer as large as the request, and keeps that buffer.
 */
public final class Channels {
  /** The largest request in bytes. A multiple of every element size. */
  public static final int CHUNK_BYTES = 1 << 20;

  private Channels() {}

  /**
   * Fills a buffer up to its limit from a position in a file, repeating short reads.
   *
   * @throws EOFException if the file ends before the buffer is full
   */
  public static void readFully(FileChannel channel, ByteBuffer target, long position)
      throws IOException {
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

  /** Returns a part of a file as a stream. The file must contain the whole part. */
  public static InputStream stream(FileChannel channel, long start, long length) {
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(length, CHUNK_BYTES)).limit(0);
    return new InputStream() {
      private long done;

      @Override
      public int read() throws IOException {
        return fill() ? chunk.get() & 0xff : -1;
      }

      @Override
      public int read(byte[] target, int from, int count) throws IOException {
        if (count == 0) {
          return 0;
        }
        if (!fill()) {
          return -1;
        }
        int some = Math.min(count, chunk.remaining());
        chunk.get(target, from, some);
        return some;
      }

      private boolean fill() throws IOException {
        if (!chunk.hasRemaining()) {
          chunk.clear().limit((int) Math.min(length - done, chunk.capacity()));
          readFully(channel, chunk, start + done);
          done += chunk.flip().limit();
        }
        return chunk.hasRemaining();
      }
    };
  }

  /** Writes all remaining bytes of a buffer at the channel's position. */
  public static void writeFully(FileChannel channel, ByteBuffer source) throws IOException {
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
