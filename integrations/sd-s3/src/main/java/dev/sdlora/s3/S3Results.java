package dev.sdlora.s3;

import dev.sdlora.server.results.ResultPlace;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/** Opens {@code s3://BUCKET/PREFIX}. */
public final class S3Results implements ResultPlace.Provider {
  private static final Pattern ADDRESS =
      Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9!_.*'()/-]*))?");

  /** Creates the provider. */
  public S3Results() {}

  @Override
  public String scheme() {
    return "s3://";
  }

  @Override
  public ResultPlace open(String address) {
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "an address in S3 must be s3://BUCKET or s3://BUCKET/PREFIX, with a bucket of 3 to 63"
              + " small letters, digits, dots and hyphens: '%s'".formatted(address));
    }
    S3Client client;
    try {
      client = S3Clients.ofEnvironment();
    } catch (SdkException e) {
      throw new IllegalStateException(
          "cannot use '%s': %s".formatted(address, S3Errors.reason(e, parts.group(1))), e);
    }
    return open(client, parts.group(1), parts.group(2) == null ? "" : parts.group(2));
  }

  /** Opens a bucket and checks that it can be listed. */
  static ResultPlace open(S3Client client, String bucket, String prefix) {
    String clean = prefix.replaceAll("/+", "/").replaceAll("^/|/$", "");
    S3Place place = new S3Place(client, bucket, clean.isEmpty() ? "" : clean + "/");
    try {
      place.check();
      return place;
    } catch (IOException e) {
      place.close();
      throw new IllegalStateException(
          "cannot use the bucket '%s': %s".formatted(bucket, e.getMessage()), e);
    }
  }
}
