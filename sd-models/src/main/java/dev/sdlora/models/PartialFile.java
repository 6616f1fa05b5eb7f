package dev.sdlora.models;

import dev.sdlora.api.value.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A file being downloaded, with the running SHA-256 of its content. Data from an earlier process is
 * read once, and the download is resumed after it. All errors are those of the disk, never of a
 * connection. Not safe for use by several threads.
 */
final class PartialFile implements AutoCloseable {
  private static final int PIECE = 1 << 20;
  private static final int PAGE_SIGN = 64;

  private final Path path;
  private final FileChannel channel;
  private MessageDigest digest = Sha256.digest();
  private long length;

  private PartialFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Opens or creates the file. Its name can be guessed, so a link that somebody has placed there
   * must not redirect the writes to another file.
   */
  static PartialFile open(Path path) {
    try {
      Disk.makeFolderOf(path);
      FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
      PartialFile file = new PartialFile(path, channel);
      try {
        requireNoLink(path);
        file.readWhatIsThere();
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      return file;
    } catch (IOException e) {
      throw Disk.unwritable(path, Files.isSymbolicLink(path) ? linked(path) : e);
    }
  }

  private static void requireNoLink(Path path) throws IOException {
    boolean countsNames = path.getFileSystem().supportedFileAttributeViews().contains("unix");
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        || (countsNames
            && !Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS).equals(1))) {
      throw linked(path);
    }
  }

  private static IOException linked(Path path) {
    return new FileSystemException(
        path.toString(), null, "it is a link to another file; delete it and try again");
  }

  private void readWhatIsThere() throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    while (channel.read(piece) >= 0) {
      piece.flip();
      length += piece.remaining();
      digest.update(piece);
      piece.clear();
    }
  }

  /** The number of bytes downloaded. */
  long length() {
    return length;
  }

  /** Appends downloaded data. */
  void append(ByteBuffer bytes) {
    try {
      digest.update(bytes.duplicate());
      while (bytes.hasRemaining()) {
        length += channel.write(bytes, length);
      }
    } catch (IOException e) {
      throw Disk.unwritable(path, e);
    }
  }

  /** Discards all data. */
  void restart() {
    try {
      channel.truncate(0);
      length = 0;
      digest = Sha256.digest();
    } catch (IOException e) {
      throw Disk.unwritable(path, e);
    }
  }

  /** The SHA-256 of all data, as lower-case hexadecimal digits. */
  String sha256() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether the content begins like a web page. */
  boolean isProbablyAPage() {
    ByteBuffer start = ByteBuffer.allocate(PAGE_SIGN);
    try {
      while (start.hasRemaining() && channel.read(start, start.position()) > 0) {
        // The loop condition reads the data.
      }
    } catch (IOException e) {
      throw Disk.unwritable(path, e);
    }
    String text =
        new String(start.array(), 0, start.position(), StandardCharsets.ISO_8859_1)
            .strip()
            .toLowerCase(Locale.ROOT);
    return text.startsWith("<!doctype html") || text.startsWith("<html");
  }

  /**
   * Flushes the data to disk, so that a crash cannot leave a file of zeros under the final name.
   */
  void force() {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw Disk.unwritable(path, e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
