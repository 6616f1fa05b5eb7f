package dev.sdlora.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.SignedPaths;
import dev.sdlora.server.key.Keys;
import dev.sdlora.server.trace.HttpSpans;
import io.javalin.Javalin;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Addresses that open without credentials. */
@SuppressWarnings("NullAway.Init")
class SignedAddressTest {
  private static final String PATH = "/image";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static Instant now = Instant.parse("2026-11-30T12:00:00Z");
  private static final SignedPaths SIGNED = new SignedPaths(SignedPaths.randomKey(), () -> now);
  private static Javalin javalin;

  @BeforeAll
  static void start() {
    Keys keys = new Keys(List.of(), Optional.empty());
    Access access = new Access(Map.of(), Set.of("sk-test"), keys, Set.of(), Set.of(), SIGNED);
    HttpSpans spans = new HttpSpans(OpenTelemetry.noop());
    Transport transport =
        new Transport(access, new ErrorMessages(List.of()), 1000, 1, List.of(), "Forwarded", spans);
    javalin =
        Javalin.create(
                config -> {
                  config.startup.showJavalinBanner = false;
                  transport.addTo(config);
                  config.routes.get(PATH, context -> context.result("an image"));
                })
            .start("127.0.0.1", 0);
  }

  @AfterAll
  static void stop() {
    javalin.stop();
  }

  private static HttpResponse<String> get(String query, String... headers) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + javalin.port() + PATH + query);
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void address_opensUntilItExpires_onPagesOfAllSites() throws Exception {
    String query = "?format=png&" + SIGNED.sign(PATH);
    HttpResponse<String> open = get(query, "Sec-Fetch-Site", "cross-site");
    assertThat(open.body()).isEqualTo("an image");
    assertThat(open.headers().firstValue("Cross-Origin-Resource-Policy")).contains("cross-origin");
    Instant before = now;
    now = now.plus(Duration.ofHours(2));
    HttpResponse<String> expired = get(query);
    HttpResponse<String> known = get(query, "Authorization", "Bearer sk-test");
    now = before;
    assertThat(expired.statusCode()).isEqualTo(403);
    assertThat(expired.body()).contains("this address has expired: request its job");
    assertThat(known.body()).isEqualTo("an image");
    assertThat(known.headers().firstValue("Cross-Origin-Resource-Policy")).contains("same-origin");
  }

  @Test
  void changedAddress_isRefused_andOneWithoutSignatureNeedsCredentials() throws Exception {
    HttpResponse<String> changed = get("?" + SIGNED.sign("/other"));
    assertThat(changed.statusCode()).isEqualTo(403);
    assertThat(changed.body()).contains("the signature of this address is wrong");
    assertThat(get("?signature=x", "Authorization", "Bearer wrong").statusCode()).isEqualTo(401);
    assertThat(get("").statusCode()).isEqualTo(401);
  }
}
