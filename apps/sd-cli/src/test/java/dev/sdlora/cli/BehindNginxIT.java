package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Two fronts and a worker on PostgreSQL behind a real nginx with the configuration of docs/deploy.
 */
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init")
final class BehindNginxIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final int MOST_JOBS = 4;
  private static final int MOST_BYTES = 64 << 20;

  private static TemporaryPostgres postgres;
  private static List<ServingProcess> servers;
  private static ServingProcess worker;
  private static TemporaryNginx nginx;

  @BeforeAll
  static void start() throws Exception {
    postgres = TemporaryPostgres.open();
    servers = List.of(front(), front());
    worker =
        ServingProcess.start(
            "--role",
            "worker",
            "--jobs",
            postgres.address(),
            "--front",
            servers.get(0).address().toString());
    nginx = TemporaryNginx.before(servers.get(0).address(), servers.get(1).address());
  }

  private static ServingProcess front() throws IOException {
    return ServingProcess.start(
        "--role",
        "front",
        "--jobs",
        postgres.address(),
        "--max-jobs",
        Integer.toString(MOST_JOBS),
        "--trusted-proxy",
        "127.0.0.1");
  }

  @AfterAll
  static void stop() throws IOException {
    nginx.close();
    servers.forEach(ServingProcess::close);
    worker.close();
    postgres.close();
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(nginx.address().resolve(path));
  }

  private static HttpRequest drawing(String path, int steps, String more) {
    String body =
        "{\"prompt\": \"a ring\", \"width\": 64, \"height\": 64, \"size\": \"64x64\", \"seed\": 1,"
            + " \"steps\": %s%s}".formatted(steps, more);
    return request(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private static HttpResponse<String> send(HttpRequest request)
      throws IOException, InterruptedException {
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).build());
  }

  private static String id(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return JSON.readTree(answer.body()).get("id").asText();
  }

  /** Cancels a job and waits for its end, or removes one that has ended. */
  private static void cancel(String id) throws IOException, InterruptedException {
    String job = send(request("/api/jobs/" + id).DELETE().build()).body();
    while (job.contains("\"state\":\"waiting\"") || job.contains("\"state\":\"running\"")) {
      Thread.sleep(20);
      job = get("/api/jobs/" + id).body();
    }
  }

  @Test
  @Order(1)
  void studioAndApis_areServed() throws Exception {
    assertThat(get("/").body()).contains("<html");
    for (String path : List.of("/health", "/ready", "/sdapi/v1/sd-models", "/v1/models")) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(200);
    }
    String hello =
        "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"initialize\", \"params\":"
            + " {\"protocolVersion\": \"2025-06-18\", \"capabilities\": {}, \"clientInfo\":"
            + " {\"name\": \"test\", \"version\": \"1\"}}}";
    HttpResponse<String> greeted =
        send(
            request("/mcp")
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(BodyPublishers.ofString(hello))
                .build());
    assertThat(greeted.statusCode()).as(greeted.body()).isEqualTo(200);
    String session = greeted.headers().firstValue("Mcp-Session-Id").orElseThrow();
    HttpResponse<String> tools =
        send(
            request("/mcp")
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .header("Mcp-Session-Id", session)
                .POST(
                    BodyPublishers.ofString(
                        "{\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": \"tools/list\"}"))
                .build());
    assertThat(tools.body()).contains("\"tools\"");
  }

  @Test
  @Order(2)
  void addresses_areThoseThatClientsCanReach() throws Exception {
    HttpResponse<String> answer =
        send(drawing("/v1/images/generations", 2, ", \"response_format\": \"url\""));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    String url = JSON.readTree(answer.body()).get("data").get(0).get("url").asText();
    assertThat(url).startsWith(nginx.address() + "/");
    HttpRequest image = HttpRequest.newBuilder(URI.create(url)).build();
    assertThat(CLIENT.send(image, BodyHandlers.ofByteArray()).body())
        .startsWith(0x89, 'P', 'N', 'G');
  }

  /** The job does not end by itself, so what arrives was not held back until the end. */
  @Test
  @Order(3)
  void eventsAndPreviews_arriveWhileTheJobRuns() throws Exception {
    String id = id(send(drawing("/api/jobs", 1000, "")));
    HttpResponse<InputStream> answer =
        CLIENT.send(request("/api/jobs/" + id + "/events").build(), BodyHandlers.ofInputStream());
    try (BufferedReader events =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      String line = events.readLine();
      while (line != null && !line.contains("\"preview\"")) {
        line = events.readLine();
      }
      assertThat(line).as("a preview").isNotNull();
      assertThat(get("/api/jobs/" + id + "/preview").statusCode()).isEqualTo(200);
      cancel(id);
      while (line != null && !line.equals("event: cancelled")) {
        line = events.readLine();
      }
      assertThat(line).as("the end").isNotNull();
    }
  }

  @Test
  @Order(4)
  void bodies_upTo64Megabytes() throws Exception {
    HttpRequest.Builder upload = request("/api/pictures");
    HttpResponse<String> most =
        send(upload.POST(BodyPublishers.ofByteArray(new byte[MOST_BYTES])).build());
    assertThat(most.statusCode()).as(most.body()).isEqualTo(422);
    assertThat(JSON.readTree(most.body()).get("detail").asText()).contains("image");
    HttpResponse<String> more =
        send(upload.POST(BodyPublishers.ofByteArray(new byte[MOST_BYTES + 1])).build());
    assertThat(more.statusCode()).isEqualTo(413);
    assertThat(JSON.readTree(more.body()).get("detail").asText()).contains("64 MB");
  }

  /** A client that waits for Retry-After is served. */
  @Test
  @Order(5)
  void fullCluster_isA429WithATrueRetryAfter() throws Exception {
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < MOST_JOBS; i++) {
      jobs.add(id(send(drawing("/api/jobs", 30, ""))));
    }
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String path = List.of("/api/jobs", "/sdapi/v1/txt2img", "/v1/images/generations").get(i % 3);
      answers.add(CLIENT.sendAsync(drawing(path, 2, ""), BodyHandlers.ofString()));
    }
    int refused = 0;
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      HttpResponse<String> got = answer.join();
      assertThat(got.statusCode()).as(got.body()).isIn(200, 202, 429);
      refused += got.statusCode() == 429 ? 1 : 0;
    }
    assertThat(refused).isPositive();
    HttpResponse<String> next = send(drawing("/api/jobs", 2, ""));
    for (int waits = 0; next.statusCode() == 429 && waits < 20; waits++) {
      int seconds = Integer.parseInt(next.headers().firstValue("Retry-After").orElseThrow());
      assertThat(seconds).isBetween(1, 600);
      Thread.sleep(1000L * seconds);
      next = send(drawing("/api/jobs", 2, ""));
    }
    jobs.add(id(next));
    for (String job : jobs) {
      cancel(job);
    }
  }

  /** Ends with both servers gone, so it is the last one. */
  @Test
  @Order(6)
  void serversGone_theOtherAnswers_thenA503() throws Exception {
    ServingProcess used = serverOfClient();
    CompletableFuture<HttpResponse<String>> cut =
        CLIENT.sendAsync(drawing("/sdapi/v1/txt2img", 60, ""), BodyHandlers.ofString());
    awaitRunningJob();
    ServingProcess other = servers.get(1 - servers.indexOf(used));
    used.process().destroyForcibly().waitFor();
    for (int i = 0; i < 10; i++) {
      assertThat(get("/api/jobs").statusCode()).isEqualTo(200);
    }
    HttpResponse<String> answer = cut.join();
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode images = JSON.readTree(answer.body()).get("images");
    assertThat(images).hasSize(1);
    other.process().destroyForcibly().waitFor();
    HttpResponse<String> gone = get("/api/jobs");
    assertThat(gone.statusCode()).as(nginx.log()).isEqualTo(503);
    assertThat(gone.headers().firstValue("Retry-After")).contains("5");
    assertThat(JSON.readTree(gone.body()).get("detail").asText()).contains("try again");
  }

  /** nginx sends all requests of one client to one server, which alone has the uploads. */
  private static ServingProcess serverOfClient() throws IOException, InterruptedException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", png);
    HttpResponse<String> stored =
        send(request("/api/pictures").POST(BodyPublishers.ofByteArray(png.toByteArray())).build());
    String path = "/api/pictures/" + JSON.readTree(stored.body()).get("id").asText();
    assertThat(get(path).statusCode()).isEqualTo(200);
    List<ServingProcess> found = new ArrayList<>();
    for (ServingProcess server : servers) {
      URI picture = server.address().resolve(path);
      if (send(HttpRequest.newBuilder(picture).build()).statusCode() == 200) {
        found.add(server);
      }
    }
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static void awaitRunningJob() throws IOException, InterruptedException {
    while (!get("/api/jobs").body().contains("\"state\":\"running\"")) {
      Thread.sleep(20);
    }
  }
}
