package dev.sdlora.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.server.Served;
import dev.sdlora.server.transport.RawClient;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions, access, limits and cancellation of {@code /mcp}. */
@SuppressWarnings("NullAway.Init")
class McpAccessTest {
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
                    .bearerToken("sk-1")
                    .bearerToken("sk-2")
                    .allowedHost("sd.lan")
                    .corsOrigin("https://good.example")
                    .maxBodyBytes(100_000)
                    .maxJobs(1));
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
    assertThat(pipeline.liveTensors()).isZero();
  }

  private static ObjectNode arguments(int steps) {
    return Served.JSON
        .createObjectNode()
        .put("prompt", "a red star")
        .put("width", 128)
        .put("height", 128)
        .put("steps", steps);
  }

  /** Reads lines up to the first progress of a step. */
  private static List<String> untilAStep(Iterator<String> lines) {
    List<String> read = new ArrayList<>();
    while (lines.hasNext()) {
      String line = lines.next();
      read.add(line);
      if (line.contains("\"step ")) {
        return read;
      }
    }
    throw new AssertionError("no step: " + read);
  }

  private static String latestState() {
    JsonNode jobs = untilIdle();
    return jobs.get(jobs.size() - 1).get("state").asText();
  }

  private static JsonNode untilIdle() {
    HttpRequest.Builder list = served.request("/api/jobs").header("Authorization", "Bearer sk-1");
    JsonNode jobs = Served.json(served.send(list));
    while (Served.unfinished(jobs) > 0) {
      Thread.onSpinWait();
      jobs = Served.json(served.send(list));
    }
    return jobs.get("jobs");
  }

  @Test
  void cancelled_whileDrawing_endsTheDrawingWithoutAnAnswer() {
    RawMcp client = RawMcp.begin(served, "sk-1");
    try (Stream<String> lines = client.start(3, "generate_image", arguments(1000)).join().body()) {
      Iterator<String> each = lines.iterator();
      untilAStep(each);
      client.cancel(99);
      client.cancel(3);
      List<String> rest = new ArrayList<>();
      each.forEachRemaining(rest::add);
      assertThat(rest).noneMatch(line -> line.contains("\"result\"") || line.contains("\"error\""));
    }
    assertThat(latestState()).isEqualTo("cancelled");
  }

  @Test
  void client_thatDisappears_endsItsDrawing() {
    RawMcp client = RawMcp.begin(served, "sk-1");
    try (Stream<String> lines = client.start(3, "generate_image", arguments(1000)).join().body()) {
      untilAStep(lines.iterator());
    } // Closes the connection.
    assertThat(latestState()).isEqualTo("cancelled");
  }

  @Test
  void deletedSession_whileDrawing_endsTheDrawing() {
    RawMcp client = RawMcp.begin(served, "sk-1");
    try (Stream<String> lines = client.start(3, "generate_image", arguments(1000)).join().body()) {
      untilAStep(lines.iterator());
      HttpRequest.Builder delete =
          served
              .request("/mcp")
              .DELETE()
              .header("Authorization", "Bearer sk-1")
              .header("Mcp-Session-Id", client.session());
      assertThat(served.send(delete).statusCode()).isEqualTo(200);
      assertThat(latestState()).isEqualTo("cancelled");
      assertThat(served.send(delete).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void queue_full_isAnErrorOfTheTool() {
    RawMcp client = RawMcp.begin(served, "sk-1");
    try (Stream<String> lines = client.start(3, "generate_image", arguments(1000)).join().body()) {
      untilAStep(lines.iterator());
      JsonNode refused = client.call("generate_image", arguments(1)).get(1);
      assertThat(refused.at("/result/isError").asBoolean()).isTrue();
      assertThat(refused.at("/result/content/0/text").asText())
          .startsWith("the queue is full: 1 jobs are waiting or running; try again in");
      client.cancel(3);
    }
    untilIdle();
  }

  @Test
  void rateLimit_exceeded_isAnErrorOfTheTool() {
    try (Served limited = Served.of(pipeline, settings -> settings.rateLimit(1))) {
      RawMcp client = RawMcp.begin(limited, "none");
      List<JsonNode> first = client.call("generate_image", arguments(1));
      assertThat(first.get(first.size() - 1).at("/result/content/0/type").asText())
          .isEqualTo("image");
      assertThat(client.call("generate_image", arguments(1)).toString())
          .contains("this client exceeded the limit of 1 jobs per minute", "\"isError\":true");
      assertThat(client.call("list_models", Served.JSON.createObjectNode()).toString())
          .contains("demo-sd1");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Authorization, Bearer sk-3, 401",
    "Origin, https://evil.example, 403",
    "Origin, https://good.example, 200",
    "Sec-Fetch-Site, cross-site, 403",
    "Accept, application/json, 406",
    "Accept, */*, 200",
    "MCP-Protocol-Version, 2025-11-25, 200",
    "MCP-Protocol-Version, 1999-01-01, 400",
    "Mcp-Session-Id, unknown, 404",
    "Mcp-Session-Id, '', 404",
  })
  void header_ofARequest_isChecked(String name, String value, int status) {
    HttpResponse<String> answer =
        served.send(
            RawMcp.begin(served, "sk-1")
                .request("{'jsonrpc':'2.0','id':1,'method':'ping'}")
                .setHeader(name, value));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
  }

  /** Names of other hosts may resolve to this machine (DNS rebinding). */
  @Test
  void host_ofAnotherSite_isRefused() throws IOException {
    try (RawClient raw = new RawClient(served.server.uri().getPort())) {
      raw.send(
          """
          POST /mcp HTTP/1.1
          Host: evil.example
          Authorization: Bearer sk-1
          Content-Length: 2

          {}\
          """);
      assertThat(raw.line()).contains(" 403 ");
    }
  }

  @Test
  void session_ofAnotherKey_isUnknown() {
    RawMcp client = RawMcp.begin(served, "sk-1");
    HttpResponse<String> answer =
        served.send(
            client
                .request("{'jsonrpc':'2.0','id':1,'method':'ping'}")
                .setHeader("Authorization", "Bearer sk-2"));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("begin another with 'initialize'");
  }

  @Test
  void manySessionsOfOneKey_endTheOldestOfThisKeyAlone() {
    String ping = "{'jsonrpc':'2.0','id':1,'method':'ping'}";
    RawMcp idle = RawMcp.begin(served, "sk-1");
    RawMcp oldest = RawMcp.begin(served, "sk-2");
    for (int i = 0; i < 1000; i++) {
      served.send(RawMcp.request(served, "sk-2", RawMcp.INITIALIZE));
    }
    assertThat(served.send(idle.request(ping)).statusCode()).isEqualTo(200);
    assertThat(served.send(oldest.request(ping)).statusCode()).isEqualTo(404);
  }

  @Test
  void longProtocolVersion_isRefused() {
    String body = RawMcp.INITIALIZE.replace("2025-06-18", "x".repeat(10_000));
    HttpResponse<String> answer = served.send(RawMcp.request(served, "sk-1", body));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("the request 'initialize' has 101")
        .contains("which is more than 10000")
        .hasSizeLessThan(500);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense | 400",
        "[] | 400",
        "{} | 400",
        "{'jsonrpc':'2.0','id':null,'method':'ping'} | 400",
        "{'jsonrpc':'2.0','id':1,'method':'initialize'} | 400",
        "{'jsonrpc':'2.0','id':1,'method':'initialize','params':[]} | 400",
        "{'jsonrpc':'2.0','method':'notifications/cancelled'} | 202",
        "{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':[]}} | 202",
        "{'jsonrpc':'2.0','method':'notifications/unknown'} | 202",
        "{'jsonrpc':'2.0','id':1,'method':'unknown'} | 200",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call'} | 200",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{}} | 200",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'list_loras','arguments':7}}"
            + " | 200",
      })
  void message_malformed_isRefused(String message, int status) {
    HttpResponse<String> answer = served.send(RawMcp.begin(served, "sk-1").request(message));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    if (status == 200) {
      assertThat(answer.body()).contains("\"error\"");
    }
  }

  @Test
  void get_ofTheEndpoint_isNotAllowed() {
    HttpResponse<String> answer =
        served.send(served.request("/mcp").header("Authorization", "Bearer sk-1"));
    assertThat(answer.statusCode()).isEqualTo(405);
  }

  @Test
  void body_longerThanTheLimit_isRefused() {
    HttpResponse<String> answer =
        served.send(RawMcp.begin(served, "sk-1").request("x".repeat(100_001)));
    assertThat(answer.statusCode()).isEqualTo(413);
  }

  @Test
  void server_thatStops_answersItsClients() {
    Served stopping = Served.of(pipeline);
    RawMcp client = RawMcp.begin(stopping, "none");
    try (Stream<String> lines = client.start(3, "generate_image", arguments(1000)).join().body()) {
      Iterator<String> each = lines.iterator();
      untilAStep(each);
      stopping.close();
      List<String> rest = new ArrayList<>();
      each.forEachRemaining(rest::add);
      assertThat(rest.toString()).contains("the drawing was cancelled", "\"isError\":true");
    }
  }
}
