package dev.sdlora.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.SignedPaths;
import dev.sdlora.server.key.Keys;
import dev.sdlora.server.trace.HttpSpans;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The path of a request to its route, with misbehaving clients. */
@SuppressWarnings("NullAway.Init")
class TransportTest {
  private static final int MAX_BODY = 100_000;

  private Transport transport;
  private Javalin javalin;

  @BeforeEach
  void start() {
    SignedPaths signed = new SignedPaths(SignedPaths.randomKey(), InstantSource.system());
    Access access =
        new Access(
            Map.of(), Set.of(), new Keys(List.of(), Optional.empty()), Set.of(), Set.of(), signed);
    transport =
        new Transport(
            access,
            new ErrorMessages(List.of()),
            MAX_BODY,
            1,
            List.of(),
            "Forwarded",
            new HttpSpans(OpenTelemetry.noop()));
    javalin =
        Javalin.create(
                config -> {
                  config.startup.showJavalinBanner = false;
                  transport.addTo(config);
                  config.routes.get("/health", context -> context.result("ok"));
                  config.routes.post(
                      "/length", context -> context.result("" + context.bodyAsBytes().length));
                  config.routes.post("/form", TransportTest::form);
                  config.routes.get(
                      "/v1/memory",
                      context -> {
                        throw new OutOfMemoryError("Java heap space");
                      });
                })
            .start("127.0.0.1", 0);
  }

  private static void form(Context context) {
    try {
      context.uploadedFiles("image");
    } catch (Exception e) {
      context.status(400).result("damaged");
    }
  }

  @AfterEach
  void stop() {
    javalin.stop();
  }

  private RawClient client() throws IOException {
    return new RawClient(javalin.port());
  }

  private String answer(String request) throws IOException {
    try (RawClient client = client()) {
      return client.send(request).rest();
    }
  }

  /** More bodies than the server has threads. */
  @Test
  void slowBodies_keepNoThreads() throws IOException {
    List<RawClient> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 150; i++) {
        slow.add(client().send("POST /length HTTP/1.1\nHost: localhost\nContent-Length: 3\n\nx"));
      }
      String tail = " HTTP/1.1\nHost: localhost\nConnection: close\n";
      assertThat(answer("GET /health" + tail + "\n")).contains(" 200 ", "ok");
      assertThat(answer("POST /length" + tail + "Content-Length: 5\n\n12345"))
          .contains(" 200 ")
          .endsWith("5");
      slow.get(149).send("yz");
      assertThat(slow.get(149).line()).contains(" 200 ");
    } finally {
      for (RawClient client : slow) {
        client.close();
      }
    }
  }

  static Stream<Arguments> refusedWithBody() {
    String part = "--x\nContent-Disposition: form-data; name=\"a\"\n\nb\n";
    String host = " HTTP/1.1\nHost: localhost\n";
    String form = "POST /form" + host + "Content-Type: multipart/form-data; boundary=x\n";
    return Stream.of(
        arguments(form, "no form", 400),
        arguments(form, part, 400),
        arguments(form, part.repeat(1200) + "--x--\n", 400),
        arguments("POST /nowhere" + host, "body", 404),
        arguments("POST /length" + host, "x".repeat(MAX_BODY + 1), 413),
        arguments("POST /length" + host + "Origin: http://other.example\n", "body", 403),
        arguments("POST /length HTTP/1.1\nHost: other.example\n", "body", 403));
  }

  /** A client may send its next request as soon as it has a response without "close". */
  @ParameterizedTest
  @MethodSource("refusedWithBody")
  void refusedRequest_withBody_leavesTheConnectionUsable(String head, String body, int status)
      throws IOException {
    String next = "GET /health HTTP/1.1\nHost: localhost\nConnection: close\n\n";
    int length = body.replace("\n", "\r\n").length();
    String sized = head + "Content-Length: " + length + "\n\n";
    assertThat(answer(sized + body + next)).contains(" " + status + " ").endsWith("ok");
    String chunk = Integer.toHexString(length) + "\n" + body + "\n0\n\n";
    assertThat(answer(head + "Transfer-Encoding: chunked\n\n" + chunk + next))
        .contains(" " + status + " ")
        .endsWith("ok");
    try (RawClient client = client()) {
      client.send(sized);
      assertThat(answer(next)).endsWith("ok"); // The server has probably read the head by now.
      assertThat(client.send(body + next).rest()).contains(" " + status + " ").endsWith("ok");
    }
  }

  @Test
  void requestThatJettyRefuses_withABody_saysThatTheConnectionEnds() throws IOException {
    assertThat(answer("POST /a%00b HTTP/1.1\nHost: localhost\nContent-Length: 4\n\nbody"))
        .contains(" 400 ", "Connection: close");
  }

  @Test
  void stop_whileABodyComesIn_503() throws IOException {
    try (RawClient client = client()) {
      client.send(
          "POST /length HTTP/1.1\nHost: localhost\nContent-Length: 9\nExpect: 100-continue\n\n");
      assertThat(client.line()).contains(" 100 ");
      transport.stop();
      assertThat(client.rest()).contains(" 503 ", "the server is stopping");
    }
  }

  @Test
  void errorOfTheVirtualMachine_isTold_inTheFormOfTheInterface() throws IOException {
    String answer = answer("GET /v1/memory HTTP/1.1\nHost: localhost\nConnection: close\n\n");
    assertThat(answer).contains(" 503 ", "Retry-After: 5", "{\"error\":", "-Xmx");
  }

  static Stream<Arguments> refused() {
    String host = "Host: localhost\n";
    String socket = "Upgrade: websocket\nConnection: Upgrade, close\nSec-WebSocket-Version: 13\n";
    String long9000 = "x".repeat(9000);
    return Stream.of(
        arguments("GET / HTTP/1.1\n" + host + "X: " + long9000, 431, "may have 8192 bytes"),
        arguments("GET /" + long9000 + " HTTP/1.1\n" + host, 414, "may have 8192 bytes"),
        arguments("GET / HTTP/1.1\n", 400, "not a valid HTTP request"),
        arguments("NONSENSE\n", 400, "not a valid HTTP request"),
        arguments("GET /events HTTP/1.1\n" + host + socket, 404, "Not Found"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void requestThatJettyRefuses_hasASentence(String head, int status, String sentence)
      throws IOException {
    assertThat(answer(head + "\n")).contains(" " + status + " ", "{\"detail\":", sentence);
  }
}
