package dev.sdlora.models;

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
 * A file that is coming, whose SHA-256 is known as far as it has come. What an earlier process left
 * is read once and gone on with. Errors are those of the disk, never of a connection. Not for
 * several threads.
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
   * Opens the file, or makes it. Its name can be guessed, so a link that somebody has put there
   * must not make us write to another file.
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

  /** How many bytes have come. */
  long length() {
    return length;
  }

  /** Writes what came. */
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

  /** Forgets what has come. */
  void restart() {
    try {
      channel.truncate(0);
      length = 0;
      digest = Sha256.digest();
    } catch (IOException e) {
      throw Disk.unwritable(path, e);
    }
  }

  /** The SHA-256 of all that has come, in small letters. */
  String sha256() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether it begins as web pages do. */
  boolean looksLikeAPage() {
    ByteBuffer start = ByteBuffer.allocate(PAGE_SIGN);
    try {
      while (start.hasRemaining() && channel.read(start, start.position()) > 0) {
        // Reads on.
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

  /** Has everything on the disk, so that a crash cannot leave a file of zeros under its name. */
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
