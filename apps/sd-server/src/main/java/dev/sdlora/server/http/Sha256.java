package dev.sdlora.server.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Hashes by SHA-256, which every Java has. */
public final class Sha256 {
  private Sha256() {}

  /** The hash of some bytes, 32 bytes. */
  public static byte[] of(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The begin of a hash as a name: two digits for each byte.
   *
   * @param bytes how much of it, up to 32
   */
  public static String hex(byte[] content, int bytes) {
    return HexFormat.of().formatHex(of(content), 0, bytes);
  }
}
