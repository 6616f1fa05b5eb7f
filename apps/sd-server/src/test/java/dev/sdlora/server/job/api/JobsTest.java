package dev.sdlora.server.job.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.server.Served;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue through the server's own API, with two jobs running at a time. */
@SuppressWarnings("NullAway.Init")
class JobsTest {
  private static final String SMALL = "'width': 64, 'height': 64, 'steps': 2}";
  private static Pipeline pipeline;
  private static Served served;
  private static int tensors;

  @BeforeAll
  static void start() {
    pipeline = Served.pipeline(2);
    served = Served.of(pipeline, settings -> settings.maxJobs(9));
    tensors = pipeline.liveTensors();
  }

  @AfterEach
  @Timeout(600)
  void nothingIsLeft() {
    served.untilIdle();
    served.ask("/sdapi/v1/txt2img", "{'prompt': 'a ring', " + SMALL); // after the cancelled jobs
    while (pipeline.liveTensors() != tensors) { // A step of the cancelled job may still be running.
      Thread.onSpinWait();
    }
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
    assertThat(pipeline.liveTensors()).isZero();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("JettyServerThreadPool"));
  }

  private static String submit(String body) {
    JsonNode answer = served.ask("/api/jobs", body);
    return answer.get("id").asText();
  }

  private static JsonNode job(String id) {
    return served.get("/api/jobs/" + id);
  }

  private static void cancel(String id) {
    served.send(served.request("/api/jobs/" + id).DELETE());
  }

  @Test
  void submit_answersAtOnce_andTheJobDraws() {
    HttpResponse<String> answer =
        served.send(
            served.post(
                "/api/jobs",
                "{'prompt': 'a ring<lora:night:1>', 'seed': 4, 'batch_size': 2, " + SMALL));
    String place = answer.headers().firstValue("Location").orElseThrow();
    JsonNode done = served.until(place, job -> job.get("state").asText().equals("done"));
    HttpResponse<byte[]> picture = image(done.get("images").get(1).get("url").asText());
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(done.get("progress").asDouble()).isEqualTo(1);
    JsonNode lora = done.get("loras").get(0);
    assertThat(lora.get("name").asText()).isEqualTo("night");
    assertThat(lora.get("file").asText()).isEqualTo("night.safetensors");
    assertThat(lora.get("hash").asText()).hasSize(12);
    assertThat(lora.get("strength").asText()).isEqualTo("1");
    assertThat(lora.get("unet_strength").asDouble()).isEqualTo(1);
    assertThat(lora.get("mode").asText()).isEqualTo("overlay");
    assertThat(lora.get("matched").asInt()).isPositive().isEqualTo(lora.get("modules").asInt());
    assertThat(lora.get("unmatched")).isEmpty();
    assertThat(GeneratedImage.readInfotext(new ByteArrayInputStream(picture.body())))
        .contains("Seed: 5");
    assertThat(served.get("/api/jobs").get("jobs").get(0).get("id")).isEqualTo(done.get("id"));
    cancel(done.get("id").asText());
    assertThat(served.send(served.request(place)).statusCode()).isEqualTo(404);
  }

  private static HttpResponse<byte[]> image(String path) {
    return HttpClient.newHttpClient()
        .sendAsync(served.request(path).build(), BodyHandlers.ofByteArray())
        .join();
  }

  @Test
  void queue_twoDrawAndTheRestWaits_inOrder() {
    List<String> ids = IntStream.range(0, 4).mapToObj(i -> submit(Served.LONG)).toList();
    served.until("/api/jobs/" + ids.get(1), job -> job.get("state").asText().equals("running"));
    served.until("/api/jobs/" + ids.get(0), job -> job.get("state").asText().equals("running"));
    assertThat(job(ids.get(2)).get("place").asInt()).isEqualTo(1);
    assertThat(job(ids.get(3)).get("place").asInt()).isEqualTo(2);
    cancel(ids.get(2));
    assertThat(job(ids.get(2)).get("state").asText()).isEqualTo("cancelled");
    assertThat(job(ids.get(3)).get("place").asInt()).isEqualTo(1);
    cancel(ids.get(0));
    served.until("/api/jobs/" + ids.get(3), job -> job.get("state").asText().equals("running"));
    ids.forEach(JobsTest::cancel);
  }

  @Test
  void queue_full_429WithRetryAfter() {
    List<String> ids = IntStream.range(0, 9).mapToObj(i -> submit(Served.LONG)).toList();
    HttpResponse<String> own = served.send(served.post("/api/jobs", Served.LONG));
    HttpResponse<String> openAi =
        served.send(served.post("/v1/images/generations", "{'prompt': 'x', 'size': '64x64'}"));
    ids.forEach(JobsTest::cancel);
    assertThat(own.statusCode()).isEqualTo(429);
    assertThat(own.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
    assertThat(Served.json(own.body()).get("detail").asText()).contains("the queue is full");
    assertThat(openAi.statusCode()).isEqualTo(429);
    assertThat(Served.json(openAi.body()).get("error").get("type").asText())
        .isEqualTo("rate_limit_error");
  }

  @Test
  void events_tellStepsPreviewsAndTheEnd() throws IOException, InterruptedException {
    String id = submit(Served.LONG.replace("1000", "6"));
    List<String> names = new ArrayList<>();
    boolean preview = false;
    HttpResponse<InputStream> answer =
        HttpClient.newHttpClient()
            .send(
                served.request("/api/jobs/" + id + "/events").build(),
                BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        if (line.startsWith("event: ")) {
          names.add(line.substring(7));
        }
        preview |= line.startsWith("data: ") && Served.json(line.substring(6)).has("preview");
        line = lines.readLine();
      }
    }
    assertThat(names).startsWith("progress").endsWith("image", "done");
    assertThat(preview).isTrue();
  }

  @Test
  void events_clientGoes_theJobStays() throws IOException {
    String id = submit(Served.LONG);
    try (Socket socket =
        open("GET /api/jobs/" + id + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
      assertThat(socket.getInputStream().read()).isEqualTo('H');
    }
    served.until("/api/jobs/" + id, job -> job.get("step").asInt() > 1);
    cancel(id);
    assertThat(job(id).get("state").asText()).isEqualTo("cancelled");
  }

  /** Opens a client that sends a request and reads nothing. */
  private static Socket open(String request) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.server.uri().getPort());
    OutputStream out = socket.getOutputStream();
    out.write(request.getBytes(StandardCharsets.UTF_8));
    out.flush();
    return socket;
  }

  private static String http(String path, String body) {
    String json = body.replace('\'', '"');
    return "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %s\r\n\r\n%s"
        .formatted(path, json.length(), json);
  }

  @Test
  void disconnect_whileDrawing_endsTheJob() throws IOException {
    List<Socket> sockets =
        List.of(
            open(http("/sdapi/v1/txt2img", Served.LONG)),
            open(
                http(
                    "/v1/images/generations",
                    "{'prompt': 'x', 'size': '128x128', 'steps': 1000, 'stream': true,"
                        + " 'partial_images': 3}")),
            open(
                http(
                    "/v1/images/generations",
                    "{'prompt': 'x', 'size': '128x128', 'steps': 1000}")));
    served.until("/api/jobs", jobs -> Served.unfinished(jobs) == 3);
    served.until("/sdapi/v1/progress", now -> now.get("state").get("sampling_step").asInt() > 0);
    for (Socket socket : sockets) {
      socket.close();
    }
    JsonNode jobs = served.untilIdle().get("jobs");
    assertThat(List.of(jobs.get(0), jobs.get(1), jobs.get(2)))
        .allMatch(job -> job.get("state").asText().equals("cancelled"));
  }

  @Tag("slow")
  @Test
  void eightClients_atOnce_eachGetTheirOwn() {
    List<String> loras = List.of("", "<lora:ink_lines:1>", "<lora:night:0.7>", "<lora:zorp:1>");
    List<String> alone = loras.stream().map(lora -> image(draw(lora).join())).toList();
    List<CompletableFuture<HttpResponse<String>>> answers =
        IntStream.range(0, 8).mapToObj(i -> draw(loras.get(i % 4))).toList();
    for (int i = 0; i < 8; i++) {
      assertThat(image(answers.get(i).join())).isEqualTo(alone.get(i % 4));
    }
    assertThat(alone).doesNotHaveDuplicates();
  }

  private static CompletableFuture<HttpResponse<String>> draw(String lora) {
    return served.sendAsync(
        served.post("/sdapi/v1/txt2img", "{'prompt': 'a ring" + lora + "', 'seed': 1, " + SMALL));
  }

  private static String image(HttpResponse<String> answer) {
    return Served.json(answer).get("images").get(0).asText();
  }

  @Test
  void taskId_takenTwice_refused() {
    String body = Served.LONG.replace("}", ", 'force_task_id': 'mine'}");
    CompletableFuture<HttpResponse<String>> first =
        served.sendAsync(served.post("/sdapi/v1/txt2img", body));
    served.until("/api/jobs", jobs -> Served.unfinished(jobs) == 1);
    HttpResponse<String> second = served.send(served.post("/sdapi/v1/txt2img", body));
    cancel("mine");
    assertThat(second.statusCode()).isEqualTo(422);
    assertThat(second.body()).contains("'mine'");
    assertThat(first.join().statusCode()).isEqualTo(200);
  }

  @Test
  void metrics_tellJobs_andHealthIsOpen() {
    served.ask("/sdapi/v1/txt2img", "{'prompt': 'a ring', " + SMALL);
    HttpResponse<String> metrics = served.send(served.request("/metrics"));
    assertThat(metrics.body())
        .contains("sdlora_jobs_seconds_count{kind=\"txt2img\",state=\"done\"}")
        .contains("sdlora_live_tensors " + (double) tensors)
        .contains("sdlora_jobs_unfinished 0.0")
        .containsPattern("\nsdlora_native_memory_bytes [1-9]")
        .contains("sdlora_http_requests_total{status=\"200\"}");
    assertThat(served.send(served.request("/health")).body()).isEqualTo("ok");
    assertThat(served.send(served.request("/ready")).body()).isEqualTo("ready");
  }
}
