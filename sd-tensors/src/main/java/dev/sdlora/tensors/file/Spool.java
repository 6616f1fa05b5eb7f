package dev.sdlora.tensors.file;

import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.TensorFileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores tensors for a file whose header cannot be written yet, because it comes first and later
 * shapes are unknown. They are kept in a temporary file, which is deleted on close or when the
 * process ends in any way. Not thread-safe.
 */
public final class Spool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  private final Path target;
  private final Path file;
  private final FileChannel channel;

  private Spool(Path target, Path file, FileChannel channel) {
    this.target = target;
    this.file = file;
    this.channel = channel;
  }

  /**
   * Creates an empty spool.
   *
   * @param target the file that will be written; the temporary file is in the same folder
   * @throws dev.sdlora.api.error.TensorFileException if the folder does not exist or is not
   *     writable
   */
  public static Spool create(Path target) {
    Path file = target.toAbsolutePath().resolveSibling(".sd-" + UUID.randomUUID() + ".spool");
    try {
      FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              // If the system separates names from files, the name is removed at once, so no file
              // can remain.
              StandardOpenOption.DELETE_ON_CLOSE);
      return new Spool(target, file, channel);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(target, "could not be written", e);
    }
  }

  /**
   * Stores the bytes of a tensor.
   *
   * @return a source of the same bytes, valid until this is closed and usable any number of times
   * @throws dev.sdlora.api.error.TensorFileException if the bytes are unavailable or the disk is
   *     full
   */
  public SafetensorsWriter.Source add(SafetensorsWriter.Source source) {
    try {
      long start = channel.size();
      channel.position(start);
      source.writeTo(new Whole());
      long end = channel.size();
      return channel -> copy(start, end, channel);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(target, "could not be written", e);
    }
  }

  private void copy(long start, long end, WritableByteChannel target) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(Channels.CHUNK_BYTES);
    for (long at = start; at < end; at += chunk.limit()) {
      chunk.clear().limit((int) Math.min(end - at, chunk.capacity()));
      Channels.readFully(channel, chunk, at);
      target.write(chunk.flip());
    }
  }

  /** Deletes the temporary file. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("could not delete {}", file, e);
    }
  }

  /** Writes all bytes of each buffer, as sources expect. */
  private final class Whole implements WritableByteChannel {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int length = bytes.remaining();
      Channels.writeFully(channel, bytes);
      return length;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    /** The spool closes its file itself. */
    @Override
    public void close() {}
  }
}
