package dev.sdlora.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs paths, so that a client can fetch them without credentials for a while. The signature
 * covers the path and the time at which it expires. Servers with the same key accept each other's
 * paths. Safe for use by several threads.
 */
public final class SignedPaths {
  /** The length of keys in bytes. */
  public static final int KEY_BYTES = 32;

  /** Paths are good for at least this time, as those of OpenAI. */
  static final Duration AGE = Duration.ofHours(1);

  /** Paths expire at multiples of this, so that a browser finds an image in its cache. */
  private static final long ROUND_SECONDS = 300;

  private static final String ALGORITHM = "HmacSHA256";
  private static final Pattern SIGNATURE =
      Pattern.compile("(?:^|&)signature=([A-Za-z0-9_-]*)(?:&|$)");
  private static final Pattern EXPIRES = Pattern.compile("(?:^|&)expires=(\\d{1,12})(?:&|$)");

  private final Supplier<byte[]> source;
  private volatile @Nullable SecretKeySpec key;
  private final InstantSource clock;

  /**
   * Creates a signer.
   *
   * @param key the key, {@link #KEY_BYTES} long
   * @param clock tells the time
   */
  public SignedPaths(byte[] key, InstantSource clock) {
    this(() -> key, clock);
  }

  /**
   * Creates a signer whose key is not known yet.
   *
   * @param key returns the key, {@link #KEY_BYTES} long; its errors are those of the first
   *     signatures and checks
   * @param clock tells the time
   */
  public SignedPaths(Supplier<byte[]> key, InstantSource clock) {
    this.source = key;
    this.clock = clock;
  }

  private SecretKeySpec key() {
    SecretKeySpec known = key;
    if (known == null) {
      known = new SecretKeySpec(source.get(), ALGORITHM);
      key = known;
    }
    return known;
  }

  /** Returns a random key. */
  public static byte[] randomKey() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  /** The result of a check. */
  public enum Finding {
    /** The query has no signature. */
    UNSIGNED,
    /** The signature is right. */
    VALID,
    /** The signature was right until it expired. */
    EXPIRED,
    /** The signature is not one of this path and time, or not made with this key. */
    WRONG
  }

  /**
   * Returns a query that opens a path: {@code expires=SECONDS&signature=…}.
   *
   * @param path the path without a query, in which special characters may be escaped
   */
  public String sign(String path) {
    long end = clock.instant().plus(AGE).getEpochSecond();
    String expires = Long.toString((end + ROUND_SECONDS - 1) / ROUND_SECONDS * ROUND_SECONDS);
    return "expires=" + expires + "&signature=" + signature(path, expires);
  }

  private String signature(String path, String expires) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key());
      byte[] code = mac.doFinal((expires + "\n" + plain(path)).getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(code);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // Every Java has the algorithm.
    }
  }

  /** Clients escape different characters. */
  private static String plain(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) { // A percent sign without two digits.
      return path;
    }
  }

  /**
   * Checks the signature in the query of a path.
   *
   * @param query the query; null if there is none
   */
  public Finding check(String path, @Nullable String query) {
    Matcher given = SIGNATURE.matcher(query == null ? "" : query);
    if (!given.find()) {
      return Finding.UNSIGNED;
    }
    String expires = expires(query);
    boolean right =
        MessageDigest.isEqual(
            signature(path, expires).getBytes(StandardCharsets.UTF_8),
            given.group(1).getBytes(StandardCharsets.UTF_8));
    if (!right) {
      return Finding.WRONG;
    }
    return clock.instant().isAfter(Instant.ofEpochSecond(Long.parseLong(expires)))
        ? Finding.EXPIRED
        : Finding.VALID;
  }

  /** Returns the seconds at which a query says that it expires; nothing signs an empty text. */
  private static String expires(@Nullable String query) {
    Matcher given = EXPIRES.matcher(query == null ? "" : query);
    return given.find() ? given.group(1) : "";
  }
}
