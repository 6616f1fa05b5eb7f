package dev.sdlora.s3;

import dev.sdlora.models.bucket.BucketSigner;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Signs addresses of files in S3. */
public final class S3Addresses implements BucketSigner {
  /** Long enough for the largest model on a slow line. */
  private static final Duration GOOD_FOR = Duration.ofHours(12);

  /** Called by the service loader. */
  public S3Addresses() {}

  @Override
  public URI address(String bucket, String key) {
    try (S3Presigner signer = S3Clients.presigner()) {
      return URI.create(
          signer
              .presignGetObject(
                  sign ->
                      sign.signatureDuration(GOOD_FOR)
                          .getObjectRequest(get -> get.bucket(bucket).key(key)))
              .url()
              .toString());
    } catch (SdkException e) {
      throw new IllegalStateException(
          "cannot use the bucket '%s': %s".formatted(bucket, S3Errors.reason(e, bucket)), e);
    }
  }
}
