package dev.sdlora.s3;

import dev.sdlora.server.results.ResultPlace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Results in a bucket, below a prefix that is empty or ends with a slash. */
final class S3Place implements ResultPlace {
  private final S3Client client;
  private final String bucket;
  private final String prefix;

  S3Place(S3Client client, String bucket, String prefix) {
    this.client = client;
    this.bucket = bucket;
    this.prefix = prefix;
  }

  /** Checks that the bucket can be listed. */
  void check() throws IOException {
    try {
      client.listObjectsV2(list -> list.bucket(bucket).prefix(prefix).maxKeys(1));
    } catch (SdkException e) {
      throw S3Errors.of(e, bucket, prefix);
    }
  }

  @Override
  public void write(String key, byte[] file) throws IOException {
    try {
      PutObjectResponse stored =
          client.putObject(
              put -> put.bucket(bucket).key(prefix + key).contentType("image/png"),
              RequestBody.fromBytes(file));
      if (!isChecked(stored, file)) {
        compare(key, file);
      }
    } catch (SdkException e) {
      throw S3Errors.of(e, bucket, key);
    }
  }

  /** Whether the answer to an upload has the MD5 or the CRC-32 of the file. */
  private static boolean isChecked(PutObjectResponse stored, byte[] file) {
    CRC32 crc = new CRC32();
    crc.update(file);
    byte[] bytes = ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
    return Base64.getEncoder().encodeToString(bytes).equals(stored.checksumCRC32())
        || md5(file).equals(String.valueOf(stored.eTag()).replace("\"", ""));
  }

  private static String md5(byte[] file) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(file));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java has MD5.
    }
  }

  /** Reads a file again that the server has not confirmed, as with encryption by KMS. */
  private void compare(String key, byte[] file) throws IOException {
    byte[] stored = read(key);
    if (!Arrays.equals(stored, file)) {
      delete(key);
      throw new IOException(
          "S3 stored other bytes of '%s' in the bucket '%s' than were sent (%s bytes, expected %s); the server at the endpoint probably does not understand the upload"
              .formatted(key, bucket, stored.length, file.length));
    }
  }

  @Override
  public byte[] read(String key) throws IOException {
    try {
      return client
          .getObjectAsBytes(get -> get.bucket(bucket).key(prefix + key))
          .asByteArrayUnsafe();
    } catch (SdkException e) {
      throw S3Errors.of(e, bucket, key);
    }
  }

  @Override
  public void delete(String key) throws IOException {
    try {
      client.deleteObject(delete -> delete.bucket(bucket).key(prefix + key));
    } catch (SdkException e) {
      throw S3Errors.of(e, bucket, key);
    }
  }

  /** Lists pages of a thousand until the first key that is not before the other. */
  @Override
  public List<Found> before(String key) throws IOException {
    List<Found> found = new ArrayList<>();
    try {
      for (S3Object object :
          client.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix)).contents()) {
        String own = object.key().substring(prefix.length());
        if (own.compareTo(key) >= 0) {
          break;
        }
        found.add(new Found(own, object.lastModified()));
      }
      return found;
    } catch (SdkException e) {
      throw S3Errors.of(e, bucket, key);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
