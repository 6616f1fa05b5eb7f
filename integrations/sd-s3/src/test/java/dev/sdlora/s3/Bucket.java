package dev.sdlora.s3;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A server with one bucket in memory, which can stop and start again. */
final class Bucket implements AutoCloseable {
  static final String NAME = "images";
  static final String KEY_ID = "someone";
  static final String SECRET = "secret";

  private final BlobStore store = new TransientNio2BlobStore();
  private final URI address;
  private S3Proxy server;

  Bucket() throws Exception {
    store.createContainer(NAME);
    try (ServerSocket free = new ServerSocket(0)) {
      address = URI.create("http://127.0.0.1:" + free.getLocalPort());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server = started();
  }

  private S3Proxy started() throws Exception {
    S3Proxy made =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(address)
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, KEY_ID, SECRET)
            .v4MaxNonChunkedRequestSize(100 << 20)
            .build();
    made.start();
    return made;
  }

  URI address() {
    return address;
  }

  S3Client client(String secret) {
    return S3Clients.builder(true)
        .endpointOverride(address)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY_ID, secret)))
        .build();
  }

  boolean has(String key) {
    return store.blobExists(NAME, key);
  }

  void stop() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  void startAgain() throws Exception {
    server = started();
  }

  @Override
  public void close() {
    stop();
  }
}
