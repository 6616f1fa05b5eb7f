package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.transport.RawClient;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Access, limits, and shutdown. */
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

  private static String post(Served to, String head, String body) {
    try (RawClient client = new RawClient(to.server.uri().getPort())) {
      return client.send(head + "Connection: close\n\n" + body).rest();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String answer(Served to, String head) {
    return post(to, head, "");
  }

  private static String options(Served to, String headers) {
    return answer(to, "GET /sdapi/v1/options HTTP/1.1\n" + headers);
  }

  /** Host names of other sites' pages may resolve to this machine. */
  @Test
  void hosts_withoutCredentials_givenNamesAndAddressesOnly() {
    try (Served open =
        Served.of(
            pipeline, settings -> settings.allowedHost("sd.lan").allowedHost(".example.com"))) {
      for (String host :
          List.of("localhost", "a.localhost:1", "127.0.0.1", "[::1]:7", "10.1.2.3", "SD.lan:80")) {
        assertThat(options(open, "Host: " + host + "\n")).as(host).contains(" 200 ");
      }
      assertThat(options(open, "Host: a.example.com\n")).contains(" 200 ");
      assertThat(options(open, "Host: evilexample.com\n")).contains(" 403 ");
      assertThat(options(open, "Host: host.docker.internal:7860\n"))
          .contains(" 403 ", "--allowed-host host.docker.internal");
      assertThat(answer(open, "GET /health HTTP/1.1\nHost: evil.example\n")).contains(" 200 ");
      assertThat(answer(open, "GET / HTTP/1.0\n")).contains(" 403 ", "must have a Host header");
    }
  }

  @Test
  void hosts_withCredentials_anyName() {
    assertThat(options(served, "Host: sd.lan\nAuthorization: Bearer sk-1\n")).contains(" 200 ");
  }

  @ParameterizedTest
  @CsvSource({
    // A proxy that handles TLS and forwards the Host header,
    "https://sd.lan, sd.lan, , 200",
    "https://sd.lan, sd.lan:443, , 200",
    // and one that does not, with a browser that sends Sec-Fetch-Site.
    "https://sd.lan, 127.0.0.1:7860, same-origin, 200",
    "https://sd.lan, 127.0.0.1:7860, , 403",
    "https://sd.lan:8443, sd.lan, , 403",
    "https://evil.example, sd.lan, cross-site, 403",
    "null, sd.lan, cross-site, 403",
    ", sd.lan, cross-site, 403",
    ", sd.lan, same-site, 403",
    ", sd.lan, none, 200",
    ", sd.lan, , 200",
  })
  void pages_changeSomething_ownOnesOnly(
      @Nullable String origin, String host, @Nullable String site, int status) {
    String answer =
        answer(
            served,
            "POST /sdapi/v1/interrupt HTTP/1.1\nAuthorization: Bearer sk-1\nContent-Length: 0\n"
                + ("Host: " + host + "\n")
                + (origin == null ? "" : "Origin: " + origin + "\n")
                + (site == null ? "" : "Sec-Fetch-Site: " + site + "\n"));
    assertThat(answer).contains(" " + status + " ");
    if (status == 403) {
      assertThat(answer).contains("--cors-allow-origin", "--trusted-proxy");
    }
  }

  /** Follows a link on another site. */
  @Test
  void pages_lead_here() {
    assertThat(
            options(
                served, "Host: sd.lan\nSec-Fetch-Site: cross-site\nAuthorization: Bearer sk-1\n"))
        .contains(" 200 ");
  }

  @Test
  void answers_forbidGuessesAndPagesOfOthers() {
    HttpResponse<String> answer = served.send(served.request("/health"));
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(answer.headers().firstValue("Cross-Origin-Resource-Policy")).hasValue("same-origin");
  }

  @Test
  void trustedProxy_saysWhoAsksAndByWhichName() {
    String small = "{'prompt': 'x', 'width': 64, 'height': 64, 'steps': 1}".replace('\'', '"');
    String post =
        "POST /api/jobs HTTP/1.1\nHost: 127.0.0.1\nContent-Length: %s\n".formatted(small.length());
    try (Served open =
        Served.of(pipeline, settings -> settings.trustedProxy("127.0.0.0/8").rateLimit(1))) {
      String first = "X-Forwarded-For: 9.9.9.9, 10.0.0.1\n";
      String again = "X-Forwarded-For: 8.8.8.8, 10.0.0.1, 127.0.0.7\n";
      assertThat(post(open, post + first, small)).contains(" 202 ");
      assertThat(post(open, post + again, small)).contains(" 429 ");
      String claimed = "Forwarded: for=7.7.7.7\nX-Proxied-Https: on\n";
      assertThat(post(open, post + claimed + first, small)).contains(" 429 ");
      assertThat(options(open, "Host: 127.0.0.1\nX-Forwarded-Host: sd.lan\n")).contains(" 403 ");
      open.untilIdle();
    }
    try (Served open =
        Served.of(
            pipeline,
            settings ->
                settings.trustedProxy("127.0.0.0/8").proxyHeader("forwarded").rateLimit(1))) {
      String first = "Forwarded: for=\"[2001:db8::1]:5\";proto=https\n";
      String neighbour = "Forwarded: proto=https;for=\"[2001:db8::99]\"\n";
      assertThat(post(open, post + first, small)).contains(" 202 ");
      assertThat(post(open, post + neighbour, small)).contains(" 429 ");
      String claimed = "X-Forwarded-For: 7.7.7.7\n";
      assertThat(post(open, post + claimed + first, small)).contains(" 429 ");
      open.untilIdle();
    }
    try (Served open = Served.of(pipeline, settings -> settings.allowedHost("sd.lan"))) {
      String page = "Host: 127.0.0.1\nX-Forwarded-Host: sd.lan\nOrigin: https://sd.lan\n";
      assertThat(options(open, page)).contains(" 403 ");
      try (Served behind =
          Served.of(
              pipeline, settings -> settings.allowedHost("sd.lan").trustedProxy("127.0.0.1"))) {
        assertThat(options(behind, page)).contains(" 200 ");
      }
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
    // A white PNG of 2000x2000 pixels is a small file.
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
    byte[] whole = Base64Images.png(new BufferedImage(side, side, BufferedImage.TYPE_BYTE_BINARY));
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

  @Tag("slow")
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
    assertThatThrownBy(() -> settings.allowedHost("https://sd.lan"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without scheme and port");
    assertThatThrownBy(() -> settings.trustedProxy("10.0.0.0/99"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10.0.0.0/99");
    assertThatThrownBy(() -> settings.maxJobs(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> settings.port(served.server.uri().getPort()).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot listen on port");
  }

  @Tag("slow")
  @Test
  void jobsOverTheRateOfTheirClient_429() {
    try (Served limited = Served.of(pipeline, settings -> settings.rateLimit(1))) {
      String small = "{'prompt': 'a ring', 'width': 64, 'height': 64, 'steps': 1}";
      limited.ask("/api/jobs", small);
      HttpResponse<String> refused = limited.send(limited.post("/sdapi/v1/txt2img", small));
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow())
          .isBetween(1L, 60L);
      assertThat(refused.body()).contains("limit of 1 jobs per minute");
      assertThat(limited.send(limited.request("/api/jobs")).statusCode()).isEqualTo(200);
      HttpResponse<String> madeUp =
          limited.send(limited.post("/api/jobs", small).header("Authorization", "Bearer other"));
      assertThat(madeUp.statusCode()).isEqualTo(429);
      limited.untilIdle();
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"/sdapi/v1/txt2img/", "/api/jobs/", "/api/grids", "/v1/images/edits/"})
  void jobsOverTheRateOfTheirClient_otherSpellings_429(String path) {
    try (Served limited =
        Served.of(pipeline, settings -> settings.rateLimit(1).bearerToken("sk-1"))) {
      HttpResponse<String> first =
          limited.send(limited.post("/api/trainings", "{}").header("Authorization", "Bearer sk-1"));
      assertThat(first.statusCode()).isNotEqualTo(429);
      for (String spelling : List.of("Bearer sk-1", "Bearer  sk-1", "bearer sk-1")) {
        HttpResponse<String> again =
            limited.send(limited.post(path, "{}").header("Authorization", spelling));
        assertThat(again.statusCode()).as(spelling).isEqualTo(429);
      }
    }
  }

  @Test
  void resumedTrainings_countAsJobs() {
    try (Served limited = Served.of(pipeline, settings -> settings.rateLimit(1))) {
      assertThat(limited.send(limited.post("/api/trainings/x/resume", "")).statusCode())
          .isEqualTo(404);
      assertThat(limited.send(limited.post("/api/jobs", "{}")).statusCode()).isEqualTo(429);
    }
  }

  /** A route of its own would not be in the table, and nobody would check it. */
  @Test
  void routes_withoutCredentials_onlySignsOfLifeAnswer() {
    assertThat(served.server.routes()).hasSizeGreaterThan(80);
    for (Route route : served.server.routes()) {
      String path = route.path().replaceAll("[{<].*?[}>]", "x");
      HttpResponse<String> answer =
          served.send(served.request(path).method(route.method().name(), BodyPublishers.noBody()));
      assertThat(answer.statusCode() == 401)
          .describedAs("%s: %s", route, answer.statusCode())
          .isEqualTo(route.callers() != Route.Callers.EVERYONE);
    }
  }
}
