package dev.sdlora.pipeline.image;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.ImageFileException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The source of an image: a file, read piece by piece, or the bytes of a stream. */
final class ImageSource {
  /** Maximum length of a stream, which is kept in memory. */
  private static final int MAX_STREAM = 256 << 20;

  private final String subject;
  private final Optional<Path> file;
  private final byte[] content;

  private ImageSource(String subject, Optional<Path> file, byte[] content) {
    this.subject = subject;
    this.file = file;
    this.content = content;
  }

  /** Returns the details for errors about this source. */
  ErrorDetails details() {
    return file.map(ErrorDetails::in).orElse(ErrorDetails.NONE);
  }

  static ImageSource of(Path file) {
    return new ImageSource(ImageErrors.subject(file), Optional.of(file), new byte[0]);
  }

  /**
   * Reads the rest of a stream, which is not closed.
   *
   * @throws ImageFileException if the stream fails or is too long
   */
  static ImageSource of(InputStream stream) {
    ImageSource source = new ImageSource("image stream", Optional.empty(), new byte[0]);
    byte[] content;
    try {
      content = stream.readNBytes(MAX_STREAM + 1);
    } catch (IOException e) {
      throw ImageErrors.notRead(source, e);
    }
    if (content.length > MAX_STREAM) {
      throw source.error("is longer than the maximum of " + MAX_STREAM + " bytes");
    }
    return new ImageSource(source.subject, Optional.empty(), content);
  }

  /** Random access to an open source. */
  interface Bytes {
    long size() throws IOException;

    /**
     * Reads bytes at a position, as a big-endian buffer.
     *
     * @throws EOFException if the source is too short
     */
    ByteBuffer read(long at, int length) throws IOException;

    /** Reads bytes at a position into a new array. */
    default byte[] copy(long at, int length) throws IOException {
      byte[] copy = new byte[length];
      read(at, length).get(copy);
      return copy;
    }
  }

  /** An operation on an open source. */
  @FunctionalInterface
  interface Reading<T> {
    T from(Bytes bytes) throws IOException;
  }

  /**
   * Opens the source and reads it.
   *
   * @throws ImageFileException if the source cannot be read
   */
  <T> T reading(Reading<T> reading) {
    if (file.filter(Files::isDirectory).isPresent()) {
      throw error("is a folder");
    }
    try {
      if (file.isEmpty()) {
        return reading.from(new InMemory(content));
      }
      try (FileChannel channel = FileChannel.open(file.get())) {
        return reading.from(new InFile(channel));
      }
    } catch (EOFException e) {
      throw ImageErrors.error(this, "was truncated while it was read", e);
    } catch (IOException e) {
      throw ImageErrors.notRead(this, e);
    }
  }

  /** Creates an error about this source. */
  ImageFileException error(String predicate) {
    return ImageErrors.error(this, predicate, null);
  }

  /** Returns the start of an error message about this source. */
  @Override
  public String toString() {
    return subject;
  }

  private record InFile(FileChannel channel) implements Bytes {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public ByteBuffer read(long at, int length) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, at + bytes.position()) < 0) {
          throw new EOFException();
        }
      }
      return bytes.flip();
    }
  }

  private static final class InMemory implements Bytes {
    private final byte[] content;

    InMemory(byte[] content) {
      this.content = content;
    }

    @Override
    public long size() {
      return content.length;
    }

    @Override
    public ByteBuffer read(long at, int length) throws IOException {
      if (at + length > content.length) {
        throw new EOFException();
      }
      return ByteBuffer.wrap(content, (int) at, length).slice();
    }
  }
}
