package dev.sdlora.tensors.io;

import dev.sdlora.api.error.TensorFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.zip.CRC32C;

/**
 * Detects whether a file has changed since it was opened, by its size, its modification time and a
 * checksum of its head. Hashing gigabytes of weights at every read would cost more than the reads.
 */
public final class FileStamp {
  private final Path path;
  private final long size;
  private final FileTime modified;
  private final int headLength;
  private final long headChecksum;

  /**
   * Takes the stamp of a file.
   *
   * @param channel the open file
   * @param headLength the length of its head in bytes
   */
  public FileStamp(Path path, FileChannel channel, FileTime modified, int headLength)
      throws IOException {
    this.path = path;
    this.size = channel.size();
    this.modified = modified;
    this.headLength = headLength;
    this.headChecksum = checksum(channel, headLength);
  }

  /** Returns the file. */
  public Path path() {
    return path;
  }

  /** Whether its size and its modification time are those of the stamp. */
  public boolean isCurrent() {
    try {
      return Files.size(path) == size && Files.getLastModifiedTime(path).equals(modified);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Opens the file for reading.
   *
   * @throws TensorFileException if it changed since the stamp was taken, or cannot be read
   */
  public FileChannel openUnchanged() {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        check(channel);
        return channel;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw changed("it no longer exists");
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be read again", e);
    }
  }

  private void check(FileChannel channel) throws IOException {
    if (channel.size() != size) {
      throw changed("its size is %s bytes, before it was %s".formatted(channel.size(), size));
    }
    FileTime now = Files.getLastModifiedTime(path);
    if (!now.equals(modified)) {
      throw changed("its modification time is %s, before it was %s".formatted(now, modified));
    }
    if (checksum(channel, headLength) != headChecksum) {
      throw changed("its header has changed");
    }
  }

  private TensorFileException changed(String how) {
    return TensorFileErrors.error(
        path,
        "changed since it was opened (%s); the original weights cannot be read again"
            .formatted(how));
  }

  private static long checksum(FileChannel channel, int length) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer chunk = ByteBuffer.allocate(Math.min(length, Channels.CHUNK_BYTES));
    for (int done = 0; done < length; done += chunk.limit()) {
      chunk.clear().limit(Math.min(length - done, chunk.capacity()));
      Channels.readFully(channel, chunk, done);
      crc.update(chunk.flip());
    }
    return crc.getValue();
  }
}
