package dev.sdlora.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** A server that stores bodies as they arrive, without decoding chunks, and knows no checksums. */
@SuppressWarnings("NullAway.Init")
class UploadTest {
  private static final byte[] FILE = "an image".repeat(100).getBytes(StandardCharsets.UTF_8);

  private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
  private final List<String> hashes = new ArrayList<>();
  private UnaryOperator<byte[]> storing = UnaryOperator.identity();
  private HttpServer server;
  private S3Place place;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    place =
        new S3Place(
            S3Clients.builder(true)
                .endpointOverride(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .region(Region.US_EAST_1)
                .credentialsProvider(
                    StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
                .build(),
            "images",
            "");
  }

  @AfterEach
  void stop() {
    place.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    byte[] answer = {};
    switch (exchange.getRequestMethod()) {
      case "PUT" -> {
        hashes.add(exchange.getRequestHeaders().getFirst("x-amz-content-sha256"));
        stored.put(path, storing.apply(body));
      }
      case "DELETE" -> stored.remove(path);
      default -> answer = stored.getOrDefault(path, answer);
    }
    exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  @Test
  void upload_hasNoSignedChunks() throws IOException {
    place.write("a.png", FILE);
    assertThat(hashes).hasSize(1).noneMatch(hash -> hash.startsWith("STREAMING"));
    assertThat(stored.get("/images/a.png")).isEqualTo(FILE);
    assertThatCode(() -> place.read("a.png")).doesNotThrowAnyException();
  }

  @Test
  void otherBytes_areRefused_andDeleted() {
    storing = body -> Arrays.copyOf(body, body.length - 1);
    assertThatThrownBy(() -> place.write("a.png", FILE))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "S3 stored other bytes of 'a.png' in the bucket 'images' than were sent (799 bytes,"
                + " expected 800)");
    assertThat(stored).isEmpty();
  }
}
