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
 * Signs paths, so that whoever was given one can fetch it without credentials. The key is drawn
 * anew for each server. Safe for use by several threads.
 */
public final class SignedPaths {
  private static final String ALGORITHM = "HmacSHA256";
  private static final Pattern SIGNATURE =
      Pattern.compile("(?:^|&)signature=([A-Za-z0-9_-]+)(?:&|$)");

  private final SecretKeySpec key;

  /** Draws a key. */
  public SignedPaths() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    this.key = new SecretKeySpec(bytes, ALGORITHM);
  }

  /**
   * The signature of a path, for its query: {@code signature=…}.
   *
   * @param path without query
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
   * Whether a query has the signature of a path.
   *
   * @param query null for none
   */
  public boolean isSigned(String path, @Nullable String query) {
    Matcher given = SIGNATURE.matcher(query == null ? "" : query);
    return given.find()
        && MessageDigest.isEqual(
            sign(path).getBytes(StandardCharsets.UTF_8),
            ("signature=" + given.group(1)).getBytes(StandardCharsets.UTF_8));
  }
}
