package dev.sdlora.tensors.file.gguf;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.TensorFileErrors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads the numbers and strings of a GGUF header, in pieces. No length is trusted: it is compared
 * with the rest of the header before memory is taken or anything is skipped.
 */
final class GgufInput {
  private final Path path;
  private final InputStream stream;
  private final long fileSize;
  private final int most;
  private long position;

  /**
   * Reads the beginning of a file.
   *
   * @param most the maximum length of the header in bytes
   */
  GgufInput(Path path, FileChannel channel, long fileSize, int most) {
    this.path = path;
    this.fileSize = fileSize;
    this.most = most;
    this.stream = Channels.stream(channel, 0, Math.min(fileSize, most));
  }

  /** Returns the offset of the next byte from the start of the file. */
  long position() {
    return position;
  }

  int int8() throws IOException {
    require(1, "a byte");
    position++;
    return stream.read();
  }

  int int16() throws IOException {
    return int8() | int8() << 8;
  }

  int int32() throws IOException {
    return int16() | int16() << 16;
  }

  long int64() throws IOException {
    return Integer.toUnsignedLong(int32()) | (long) int32() << 32;
  }

  /**
   * Reads a string.
   *
   * @param most the maximum length in bytes
   * @throws TensorFileException if it is longer, exceeds the header or is not UTF-8
   */
  String text(int most, String what) throws IOException {
    long length = length(what);
    if (length > most) {
      throw error("has %s of %s bytes, expected at most %s".formatted(what, length, most));
    }
    return textOf((int) length, what);
  }

  /** Reads the bytes of a string after its {@linkplain #length length}. */
  String textOf(int length, String what) throws IOException {
    byte[] bytes = stream.readNBytes(length);
    position += length;
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw TensorFileErrors.ioError(path, "is damaged: it has " + what + " that is not UTF-8", e);
    }
  }

  /** Reads the length of a string, which is in the rest of the header. */
  long length(String what) throws IOException {
    long length = int64();
    require(length, what);
    return length;
  }

  /**
   * Skips some items.
   *
   * @param count the number of items
   * @param width the size of one in bytes
   */
  void skip(long count, int width, String what) throws IOException {
    if (count < 0 || count > GgufMetadata.MAX_HEADER) {
      throw tooLong(what);
    }
    require(count * width, what);
    stream.skipNBytes(count * width);
    position += count * width;
  }

  private void require(long bytes, String what) {
    if (bytes < 0 || bytes > Math.min(fileSize, most) - position) {
      throw tooLong(what);
    }
  }

  private TensorFileException tooLong(String what) {
    return error(
        fileSize < most
            ? "ends within its header, in %s at byte %s; it was probably cut off or is damaged"
                .formatted(what, position)
            : "has a header of more than %s bytes, in %s at byte %s; it is probably damaged"
                .formatted(most, what, position));
  }

  /** Creates the error for a damaged header. */
  TensorFileException damaged(String clause) {
    return error("is damaged: " + clause);
  }

  TensorFileException error(String predicate) {
    return TensorFileErrors.error(path, predicate);
  }
}
