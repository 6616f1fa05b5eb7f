package dev.sdlora.api.value;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 hashes. */
public final class Sha256 {
  private static final int PIECE = 1 << 20;

  private Sha256() {}

  /** {@return a digest without any content} */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /**
   * Hashes some bytes.
   *
   * @param content the bytes
   * @return the hash, 32 bytes
   */
  public static byte[] of(byte[] content) {
    return digest().digest(content);
  }

  /**
   * Returns the beginning of a hash in hexadecimal.
   *
   * @param content the bytes to hash
   * @param bytes the number of bytes of the hash, up to 32
   * @return two lower-case digits for each byte
   */
  public static String hex(byte[] content, int bytes) {
    return HexFormat.of().formatHex(of(content), 0, bytes);
  }

  /**
   * Hashes a file.
   *
   * @param file the file, read in pieces
   * @return 64 lower-case hexadecimal digits
   * @throws IOException if it cannot be read
   */
  public static String hex(Path file) throws IOException {
    MessageDigest digest = digest();
    byte[] piece = new byte[PIECE];
    try (InputStream in = Files.newInputStream(file)) {
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        digest.update(piece, 0, length);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
