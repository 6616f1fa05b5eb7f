package dev.sdlora.server.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs paths, so that a client can fetch them without credentials. Each server has its own random
 * key. Safe for use by several threads.
 */
public final class SignedPaths {
  private static final String ALGORITHM = "HmacSHA256";
  private static final Pattern SIGNATURE =
      Pattern.compile("(?:^|&)signature=([A-Za-z0-9_-]+)(?:&|$)");

  private final SecretKeySpec key;

  /** Creates a random key. */
  public SignedPaths() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    this.key = new SecretKeySpec(bytes, ALGORITHM);
  }

  /**
   * Returns the signature of a path as a query: {@code signature=…}.
   *
   * @param path the path without a query
   */
  public String sign(String path) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      byte[] code = mac.doFinal(path.getBytes(StandardCharsets.UTF_8));
      return "signature=" + Base64.getUrlEncoder().withoutPadding().encodeToString(code);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // Every Java has the algorithm.
    }
  }

  /**
   * Whether a query contains the signature of a path.
   *
   * @param query the query; null if there is none
   */
  public boolean isSigned(String path, @Nullable String query) {
    Matcher given = SIGNATURE.matcher(query == null ? "" : query);
    return given.find()
        && MessageDigest.isEqual(
            sign(path).getBytes(StandardCharsets.UTF_8),
            ("signature=" + given.group(1)).getBytes(StandardCharsets.UTF_8));
  }
}
