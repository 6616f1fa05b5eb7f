package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.request.Pictures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may ask, how much, and the end. */
@SuppressWarnings("NullAway.Init")
class AccessTest {
  private static Pipeline pipeline;
  private static Served served;

  @BeforeAll
  static void start() {
    pipeline = Served.pipeline(1);
    served =
        Served.of(
            pipeline,
            settings ->
                settings
                    .user("me", "pass:word")
                    .bearerToken("sk-1")
                    .corsOrigin("https://good.example")
                    .maxBodyBytes(2000)
                    .maxPixels(10_000));
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
    assertThat(pipeline.liveTensors()).isZero();
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static int status(String path, String authorization) {
    return served.send(served.request(path).header("Authorization", authorization)).statusCode();
  }

  @Test
  void credentials_rightOnesOnly() {
    assertThat(status("/sdapi/v1/options", basic("me:pass:word"))).isEqualTo(200);
    assertThat(status("/sdapi/v1/options", "Bearer sk-1")).isEqualTo(200);
    assertThat(status("/sdapi/v1/options", basic("me:pass"))).isEqualTo(401);
    assertThat(status("/sdapi/v1/options", "Bearer sk-2")).isEqualTo(401);
    assertThat(status("/sdapi/v1/options", "Bearer")).isEqualTo(401);
    assertThat(status("/nothing", "Bearer sk-2")).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/sdapi/v1/options", "/v1/models", "/api/jobs", "/metrics", "/controlnet/version"})
  void withoutCredentials_401(String path) {
    HttpResponse<String> answer = served.send(served.request(path));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow()).startsWith("Basic");
  }

  @Test
  void withoutCredentials_signsOfLifeAreOpen() {
    assertThat(served.send(served.request("/health")).statusCode()).isEqualTo(200);
    assertThat(served.send(served.request("/ready")).statusCode()).isEqualTo(200);
  }

  @Test
  void origins_allowedOnesOnly() {
    HttpResponse<String> good =
        served.send(
            served
                .request("/sdapi/v1/txt2img")
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", "https://good.example"));
    HttpResponse<String> other =
        served.send(
            served
                .request("/sdapi/v1/options")
                .header("Origin", "https://bad.example")
                .header("Authorization", "Bearer sk-1"));
    HttpResponse<String> own =
        served.send(
            served
                .request("/sdapi/v1/options")
                .header("Origin", served.server.uri().toString())
                .header("Authorization", "Bearer sk-1"));
    assertThat(good.statusCode()).isEqualTo(204);
    assertThat(good.headers().firstValue("Access-Control-Allow-Origin"))
        .hasValue("https://good.example");
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(own.statusCode()).isEqualTo(200);
    assertThat(own.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  /** A page of another site, whose name leads to this machine. */
  @Test
  void otherHost_withoutCredentials_refused() throws IOException {
    try (Served open = Served.of(pipeline);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), open.server.uri().getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /sdapi/v1/options HTTP/1.0\r\nHost: evil.example\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains(" 403 ");
    }
  }

  @ParameterizedTest
  @CsvSource({"/sdapi/v1/txt2img", "/v1/images/generations", "/api/jobs", "/internal/progress"})
  void longBody_413(String path) {
    String body = "{\"prompt\": \"" + "x".repeat(3000) + "\"}";
    HttpResponse<String> told =
        served.send(served.post(path, body).header("Authorization", "Bearer sk-1"));
    HttpResponse<String> chunked =
        served.send(
            served
                .request(path)
                .POST(
                    BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
                .header("Authorization", "Bearer sk-1"));
    assertThat(told.statusCode()).isEqualTo(413);
    assertThat(chunked.statusCode()).isEqualTo(413);
  }

  @Test
  void largePicture_413_beforeItIsDecoded() {
    // A white PNG of 2000x2000 pixels has few bytes.
    String picture = png(2000);
    HttpResponse<String> answer =
        served.send(
            served
                .post("/sdapi/v1/png-info", "{'image': '" + picture + "'}")
                .header("Authorization", "Bearer sk-1"));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("2000x2000");
  }

  /** Only the header is needed. */
  private static String png(int side) {
    byte[] whole = Pictures.png(new BufferedImage(side, side, BufferedImage.TYPE_BYTE_BINARY));
    return Base64.getEncoder().encodeToString(Arrays.copyOf(whole, 200));
  }

  @Test
  void close_inTheMiddle_answersWithWhatThereIs() {
    Served open = Served.of(pipeline);
    CompletableFuture<HttpResponse<String>> drawing =
        open.sendAsync(open.post("/sdapi/v1/txt2img", Served.LONG));
    CompletableFuture<HttpResponse<String>> waiting =
        open.sendAsync(open.post("/v1/images/generations", "{'prompt': 'x', 'size': '64x64'}"));
    open.until("/api/jobs", jobs -> Served.unfinished(jobs) == 2);
    open.close();
    open.close();
    JsonNode answer = Served.json(drawing.join());
    assertThat(answer.get("images")).isEmpty();
    assertThat(waiting.join().statusCode()).isEqualTo(503);
  }

  @Test
  void close_withPatience_finishesWhatIsThere() {
    Served open = Served.of(pipeline);
    CompletableFuture<HttpResponse<String>> drawing =
        open.sendAsync(
            open.post(
                "/sdapi/v1/txt2img", "{'prompt': 'x', 'width': 64, 'height': 64, 'steps': 20}"));
    open.until("/api/jobs", jobs -> !jobs.get("jobs").isEmpty());
    open.server.close(Duration.ofMinutes(5));
    assertThat(Served.json(drawing.join()).get("images")).hasSize(1);
  }

  @Test
  void settings_thatMakeNoSense_areRefused() {
    SdServerBuilder settings = SdServer.builder(pipeline);
    assertThatThrownBy(() -> settings.port(70_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("port must be from 0 to 65535: 70000");
    assertThatThrownBy(() -> settings.user("a:b", "c"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> settings.bearerToken(" "))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> settings.maxJobs(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> settings.port(served.server.uri().getPort()).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be used");
  }

  @Test
  void jobsOverTheRateOfTheirClient_429() {
    try (Served limited = Served.of(pipeline, settings -> settings.rateLimit(1))) {
      String small = "{'prompt': 'a ring', 'width': 64, 'height': 64, 'steps': 1}";
      limited.ask("/api/jobs", small);
      HttpResponse<String> refused = limited.send(limited.post("/sdapi/v1/txt2img", small));
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow())
          .isBetween(1L, 60L);
      assertThat(refused.body()).contains("more than 1 jobs a minute");
      assertThat(limited.send(limited.request("/api/jobs")).statusCode()).isEqualTo(200);
      HttpResponse<String> madeUp =
          limited.send(limited.post("/api/jobs", small).header("Authorization", "Bearer other"));
      assertThat(madeUp.statusCode()).isEqualTo(429);
      limited.untilIdle();
    }
  }
}
