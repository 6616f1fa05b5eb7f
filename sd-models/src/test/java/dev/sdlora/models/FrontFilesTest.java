package dev.sdlora.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sdlora.api.value.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a front by their hashes. */
@SuppressWarnings("NullAway.Init")
class FrontFilesTest {
  private static final byte[] FILE =
      "the weights of a tiny model".getBytes(StandardCharsets.US_ASCII);
  @TempDir Path folder;
  private HttpServer server;
  private byte[] sent = FILE;
  private Optional<String> range = Optional.empty();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/api/files/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!"Bearer key".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      range = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"));
      int start = range.map(text -> Integer.parseInt(text.replaceAll("\\D", ""))).orElse(0);
      if (start > 0) {
        exchange
            .getResponseHeaders()
            .add("Content-Range", "bytes %s-%s/%s".formatted(start, sent.length - 1, sent.length));
      }
      exchange.getResponseHeaders().add("Content-Type", "application/octet-stream");
      exchange.sendResponseHeaders(start > 0 ? 206 : 200, sent.length - start);
      exchange.getResponseBody().write(sent, start, sent.length - start);
    }
  }

  private Path get(String key) {
    URI front = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    String hash = Sha256.hex(FILE, 32);
    Path target = folder.resolve(hash);
    new FrontFiles(front, Optional.of(key), time -> {}).get("tiny", hash, FILE.length, target);
    return target;
  }

  @Test
  void file_isChecked_andContinued() throws IOException {
    Path partial = folder.resolve("." + Sha256.hex(FILE, 32) + ".sd-incomplete");
    Files.write(partial, Arrays.copyOf(FILE, 10));
    assertThat(get("key")).hasBinaryContent(FILE);
    assertThat(range).contains("bytes=10-");
    assertThat(partial).doesNotExist();
  }

  @Test
  void otherContent_isRefused_andNothingStays() {
    sent = FILE.clone();
    sent[3]++;
    assertThatThrownBy(() -> get("key"))
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("'tiny' was rejected: its SHA-256 is");
    assertThat(folder.resolve(Sha256.hex(FILE, 32))).doesNotExist();
  }

  @Test
  void wrongKey_isNamed() {
    assertThatThrownBy(() -> get("other"))
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("refuses the worker's key (--front-key)");
  }
}
