package dev.sdlora.models.bucket;

import java.net.URI;

/**
 * Makes addresses from which files in buckets can be downloaded without further credentials.
 * Implementations are found by {@link java.util.ServiceLoader}.
 */
@FunctionalInterface
public interface BucketSigner {
  /**
   * Returns the address of a file, good for hours.
   *
   * @param bucket the name of the bucket
   * @param key the path of the file in it
   * @throws IllegalStateException if there are no credentials or no region; the message says so
   */
  URI address(String bucket, String key);
}
