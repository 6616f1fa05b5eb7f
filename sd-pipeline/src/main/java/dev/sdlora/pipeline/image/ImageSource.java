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

/** What an image is read from: a file, of which only pieces are read, or the bytes of a stream. */
final class ImageSource {
  /** The longest stream, which is kept in memory. */
  private static final int MAX_STREAM = 256 << 20;

  private final String subject;
  private final Optional<Path> file;
  private final byte[] content;

  private ImageSource(String subject, Optional<Path> file, byte[] content) {
    this.subject = subject;
    this.file = file;
    this.content = content;
  }

  /** What errors about it tell beside their sentence. */
  ErrorDetails details() {
    return file.map(ErrorDetails::in).orElse(ErrorDetails.NONE);
  }

  static ImageSource of(Path file) {
    return new ImageSource(ImageErrors.subject(file), Optional.of(file), new byte[0]);
  }

  /**
   * All that a stream still has; it is not closed.
   *
   * @throws ImageFileException if it fails or is too long
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
      throw source.error("has more than the " + MAX_STREAM + " bytes that are read");
    }
    return new ImageSource(source.subject, Optional.empty(), content);
  }

  /** Pieces of an open source. */
  interface Bytes {
    long size() throws IOException;

    /**
     * Bytes from a place, in big-endian order.
     *
     * @throws EOFException if there are not so many
     */
    ByteBuffer read(long at, int length) throws IOException;

    /** The same in an array of their own. */
    default byte[] copy(long at, int length) throws IOException {
      byte[] copy = new byte[length];
      read(at, length).get(copy);
      return copy;
    }
  }

  /** Work on an open source. */
  @FunctionalInterface
  interface Reading<T> {
    T from(Bytes bytes) throws IOException;
  }

  /**
   * Opens the source and reads it.
   *
   * @throws ImageFileException if that fails
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
      throw ImageErrors.error(this, "became shorter while it was read", e);
    } catch (IOException e) {
      throw ImageErrors.notRead(this, e);
    }
  }

  /** An error about this source. */
  ImageFileException error(String predicate) {
    return ImageErrors.error(this, predicate, null);
  }

  /** What errors begin with. */
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
