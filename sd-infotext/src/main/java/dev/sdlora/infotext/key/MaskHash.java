package dev.sdlora.infotext.key;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.RegionMask;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Hashes that identify masks in texts, which cannot contain the masks. */
final class MaskHash {
  private static final int DIGITS = 12;

  private MaskHash() {}

  /** Returns the first digits of the SHA-256 of a mask's size, blur and pixels. */
  static String of(RegionMask mask) {
    Image image = mask.image();
    ByteBuffer head = ByteBuffer.allocate(3 * Integer.BYTES);
    head.putInt(image.width()).putInt(image.height()).putInt(mask.blur());
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java runtime has SHA-256.
    }
    digest.update(head.array());
    return HexFormat.of().formatHex(digest.digest(image.rgb())).substring(0, DIGITS);
  }
}
