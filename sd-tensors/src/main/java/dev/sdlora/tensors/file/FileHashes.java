package dev.sdlora.tensors.file;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.value.Sha256;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.TensorFileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The short hashes that identify files in A1111 and on model sites. Each call reads the file once,
 * in small pieces. Stateless.
 */
public final class FileHashes {
  private static final Pattern PLAUSIBLE_HASH = Pattern.compile("[0-9a-fA-F]{12,64}");

  private static final int LEGACY_START = 0x100000;
  private static final int LEGACY_BYTES = 0x10000;

  private FileHashes() {}

  /**
   * Returns the "AutoV2" hash of a checkpoint: the first 10 hex digits, in lower case, of the
   * SHA-256 of the whole file.
   *
   * @throws TensorFileException if the file cannot be read
   */
  public static String autoV2(Path path) {
    return sha256(path).substring(0, 10);
  }

  /**
   * Returns the SHA-256 of a whole file: 64 hex digits in lower case.
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
   * The hashes of a whole file.
   *
   * @param sha256 64 hex digits in lower case
   * @param data the SHA-256 of the bytes after the header of a safetensors file, which does not
   *     change when the metadata is edited; equal to the first hash for other files; empty if it
   *     was not computed
   */
  public record Whole(String sha256, Optional<String> data) {
    /**
     * Whether a hash equals one of these or is a prefix of one: AutoV2 is the first 10 digits of
     * the first hash, AutoV3 the first 12 of the second.
     *
     * @param hash hex digits in lower case
     */
    public boolean matches(String hash) {
      return sha256.startsWith(hash)
          || (mayBeOfData(hash) && data.map(digits -> digits.startsWith(hash)).orElse(false));
    }

    /** Whether these hashes suffice to decide if the given hash belongs to the file. */
    public boolean decide(String hash) {
      return data.isPresent() || !mayBeOfData(hash) || sha256.startsWith(hash);
    }

    private static boolean mayBeOfData(String hash) {
      return hash.length() >= 12;
    }
  }

  /**
   * Returns all hashes of a whole file, reading it once.
   *
   * @throws TensorFileException if the file cannot be read
   */
  public static Whole whole(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long header = headerBytes(path, channel);
      MessageDigest all = Sha256.digest();
      MessageDigest data = Sha256.digest();
      ByteBuffer buffer = ByteBuffer.allocate(Channels.CHUNK_BYTES);
      channel.position(0);
      long at = 0;
      while (channel.read(buffer.clear()) >= 0) {
        Cancellation.check();
        buffer.flip();
        all.update(buffer.duplicate());
        long behind = Math.max(0, Math.min(buffer.limit(), header - at));
        at += buffer.limit();
        data.update(buffer.position((int) behind));
      }
      HexFormat hex = HexFormat.of();
      return new Whole(hex.formatHex(all.digest()), Optional.of(hex.formatHex(data.digest())));
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be hashed", e);
    }
  }

  /** Returns the offset of the data in a safetensors file; 0 for other and damaged files. */
  private static long headerBytes(Path path, FileChannel channel) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    boolean named = path.toString().toLowerCase(Locale.ROOT).endsWith(".safetensors");
    if (!named || channel.read(length, 0) < Long.BYTES) {
      return 0;
    }
    long header = length.getLong(0);
    return header >= 0 && header <= channel.size() - Long.BYTES ? Long.BYTES + header : 0;
  }

  /**
   * Returns A1111's first hash of checkpoints: 8 hex digits of the SHA-256 of the 64 KB at offset 1
   * MB, or of the part of them that a smaller file has.
   *
   * @throws TensorFileException if the file cannot be read
   */
  public static String legacy(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(LEGACY_BYTES);
      channel.position(LEGACY_START);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // After a short read, the next one continues.
      }
      MessageDigest digest = Sha256.digest();
      digest.update(buffer.flip());
      return HexFormat.of().formatHex(digest.digest()).substring(0, 8);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "cannot be hashed", e);
    }
  }

  /**
   * Returns the "AutoV3" hash of a LoRA: 12 hex digits, in lower case, that do not change when the
   * metadata is edited. They are the first digits of the metadata entry {@code sshs_model_hash} if
   * that looks like a hash, otherwise of the SHA-256 of the data after the header, or of a whole
   * PyTorch file.
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
    MessageDigest digest = Sha256.digest();
    ByteBuffer buffer = ByteBuffer.allocate(Channels.CHUNK_BYTES);
    channel.position(position);
    while (channel.read(buffer.clear()) >= 0) {
      Cancellation.check();
      digest.update(buffer.flip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
