package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests that the packaged application serves the bundled model until it is stopped. */
final class ServeIT {
  private static final Path APP = Path.of("target/app").toAbsolutePath();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @Test
  void serve_withoutACheckpoint_drawsAndFinishesWhenTold() throws Exception {
    Process process =
        new ProcessBuilder(
                APP.resolve("bin/sd").toString(), "serve", "--port", "0", "--grace", "60")
            .start();
    try (BufferedReader out = process.inputReader()) {
      URI server = URI.create(String.valueOf(out.readLine()));
      CompletableFuture<HttpResponse<String>> drawing =
          CLIENT.sendAsync(
              HttpRequest.newBuilder(server.resolve("/sdapi/v1/txt2img"))
                  .POST(
                      BodyPublishers.ofString(
                          "{\"prompt\": \"a ring <lora:night:1>\", \"width\": 64, \"height\": 64,"
                              + " \"steps\": 30}"))
                  .build(),
              BodyHandlers.ofString());
      while (!get(server.resolve("/api/jobs")).contains("\"state\"")) {
        Thread.onSpinWait();
      }
      process.destroy();
      assertThat(drawing.join().body()).startsWith("{\"images\":[\"iVBOR");
      assertThat(process.waitFor()).isEqualTo(143);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String get(URI uri) throws Exception {
    return CLIENT.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }
}
