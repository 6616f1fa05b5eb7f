package dev.sdlora.tensors.file;

import dev.sdlora.api.TensorFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The short hashes by which A1111 and model sites name files. Each call reads the file once, in
 * small pieces. Stateless.
 */
public final class FileHashes {
  private static final Pattern PLAUSIBLE_HASH = Pattern.compile("[0-9a-fA-F]{12,64}");

  private static final int LEGACY_START = 0x100000;
  private static final int LEGACY_BYTES = 0x10000;

  private FileHashes() {}

  /**
   * The "AutoV2" hash of a checkpoint: the first 10 hex digits, in lower case, of the SHA-256 of
   * the whole file.
   *
   * @throws TensorFileException if the file cannot be read
   */
  public static String autoV2(Path path) {
    return sha256(path).substring(0, 10);
  }

  /**
   * The SHA-256 of a whole file: 64 hex digits in lower case.
   *
   * @throws TensorFileException if the file cannot be read
   */
  public static String sha256(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return sha256From(channel, 0);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be hashed", e);
    }
  }

  /**
   * The hash by which A1111 first named checkpoints: 8 hex digits of the SHA-256 of the 64 KB that
   * begin 1 MB into the file; of what there is of them in a smaller file.
   *
   * @throws TensorFileException if the file cannot be read
   */
  public static String legacy(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(LEGACY_BYTES);
      channel.position(LEGACY_START);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // The rest of a short read follows in the next one.
      }
      MessageDigest digest = sha256();
      digest.update(buffer.flip());
      return HexFormat.of().formatHex(digest.digest()).substring(0, 8);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be hashed", e);
    }
  }

  /**
   * The "AutoV3" hash of a LoRA: 12 hex digits, in lower case, that stay the same when the metadata
   * is edited. They are the first of the metadata entry {@code sshs_model_hash} if that looks like
   * a hash, else of the SHA-256 of the data behind the header; of a whole file of PyTorch.
   *
   * @throws TensorFileException if the file cannot be read or changed since it was opened
   */
  public static String autoV3(TensorFile file) {
    String recorded = file.metadata().getOrDefault("sshs_model_hash", "");
    if (PLAUSIBLE_HASH.matcher(recorded).matches()) {
      return recorded.substring(0, 12).toLowerCase(Locale.ROOT);
    }
    try (FileChannel channel = file.openUnchanged()) {
      return sha256From(channel, file.dataStart()).substring(0, 12);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(file.path(), "cannot be hashed", e);
    }
  }

  private static String sha256From(FileChannel channel, long position) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocate(Channels.CHUNK_BYTES);
    channel.position(position);
    while (channel.read(buffer.clear()) >= 0) {
      Cancellation.check();
      digest.update(buffer.flip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
