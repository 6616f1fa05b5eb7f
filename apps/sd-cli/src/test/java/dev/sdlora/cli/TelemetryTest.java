package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logs and traces of {@code sd serve}, which served two requests. */
@SuppressWarnings("NullAway.Init")
class TelemetryTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final List<byte[]> RECEIVED = new CopyOnWriteArrayList<>();
  private static final List<String> PATHS = new CopyOnWriteArrayList<>();
  private static HttpResponse<String> image;
  private static List<JsonNode> log;

  @BeforeAll
  static void serve() throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/",
        exchange -> {
          RECEIVED.add(exchange.getRequestBody().readAllBytes());
          PATHS.add(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    try {
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      ask("http://localhost:" + collector.getAddress().getPort());
    } finally {
      System.setErr(before);
      collector.stop(0);
    }
    ObjectMapper mapper = new ObjectMapper();
    log = err.toString(StandardCharsets.UTF_8).lines().map(line -> json(mapper, line)).toList();
  }

  private static JsonNode json(ObjectMapper mapper, String line) {
    try {
      return mapper.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  private static void ask(String collector) throws Exception {
    PipedWriter writer = new PipedWriter();
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    Thread serving =
        new Thread(
            () ->
                exit.complete(
                    Sd.commandLine()
                        .setOut(new PrintWriter(writer, true))
                        .execute(
                            ("serve --port 0 --log-format json --traces " + collector)
                                .split(" "))));
    try (BufferedReader out = new BufferedReader(new PipedReader(writer))) {
      serving.start();
      URI server = URI.create(out.readLine());
      image =
          send(
              HttpRequest.newBuilder(server.resolve("/sdapi/v1/txt2img"))
                  .header("X-Request-Id", "mine-1")
                  .header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01")
                  .POST(
                      BodyPublishers.ofString(
                          "{\"prompt\": \"a ring\", \"steps\": 2, \"width\": 64, \"height\":"
                              + " 64}")));
      send(HttpRequest.newBuilder(server.resolve("/api/gallery?q=secret")));
    } finally {
      serving.interrupt();
    }
    assertThat(exit.join()).isZero();
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  @AfterAll
  static void forget() {
    RECEIVED.clear();
    PATHS.clear();
  }

  private static JsonNode line(String logger) {
    return log.stream()
        .filter(line -> line.get("logger").asText().equals(logger))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void log_hasALineForEachRequest() {
    assertThat(image.statusCode()).isEqualTo(200);
    JsonNode access = line("dev.sdlora.server.access");
    assertThat(access.get("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:.*Z");
    assertThat(access.get("level").asText()).isEqualTo("INFO");
    assertThat(access.get("request").asText()).isEqualTo("mine-1");
    assertThat(access.get("trace_id").asText()).isEqualTo(TRACE);
    assertThat(access.get("path").asText()).isEqualTo("/sdapi/v1/txt2img");
    assertThat(access.get("status").asInt()).isEqualTo(200);
    assertThat(access.get("duration_ms").isIntegralNumber()).isTrue();
    assertThat(log.toString()).contains("/api/gallery").doesNotContain("secret", "a ring");
  }

  @Test
  void log_hasALineForEachJob_withItsRequest() {
    JsonNode job = line("dev.sdlora.server.jobs");
    assertThat(job.get("request").asText()).isEqualTo("mine-1");
    assertThat(job.get("state").asText()).isEqualTo("done");
    assertThat(job.get("message").asText()).contains(job.get("job").asText());
  }

  @Test
  void collector_receivesTheTrace() throws InvalidProtocolBufferException {
    assertThat(PATHS).containsOnly("/v1/traces");
    ExportTraceServiceRequest.Builder all = ExportTraceServiceRequest.newBuilder();
    for (byte[] body : RECEIVED) {
      all.mergeFrom(body);
    }
    assertThat(all.getResourceSpans(0).getResource().getAttributesList().toString())
        .contains("service.name", "sd-server");
    List<Span> spans =
        all.getResourceSpansList().stream()
            .flatMap(resource -> resource.getScopeSpansList().stream())
            .flatMap(scope -> scope.getSpansList().stream())
            .filter(span -> hex(span.getTraceId().toByteArray()).equals(TRACE))
            .toList();
    assertThat(spans.stream().map(Span::getName))
        .contains("POST /sdapi/v1/txt2img", "queue", "loras", "encode", "sample", "decode");
    assertThat(spans.toString()).doesNotContain("a ring");
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "--log-format, xml, --log-format must be text or json: xml",
    "--traces, localhost:4318, '--traces must be an address such as http://localhost:4318:'",
    "--traces, https://, '--traces must be an address such as http://localhost:4318:'"
  })
  void value_impossible_isToldInTheOptionsWords(String option, String value, String sentence) {
    CommandRun run = CommandRun.of("serve", "--port", "0", option, value);
    assertThat(run.err()).startsWith("sd: " + sentence);
    assertThat(run.exitCode()).isEqualTo(2);
  }
}
