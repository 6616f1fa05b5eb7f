package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker whose key the front refuses. */
@SuppressWarnings("NullAway.Init")
class WorkerFaultsTest {
  private static final String KEYS = "[{\"name\": \"a\", \"key\": \"sk-front-0123456789\"}%s]";
  private final AtomicLong clock = new AtomicLong();
  @TempDir Path folder;
  private Path keys;
  private Pipeline headers;
  private Served front;
  private SdWorker wrong;

  @BeforeEach
  void open() throws IOException {
    keys = Files.writeString(folder.resolve("keys.json"), KEYS.formatted(""));
    headers =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .withoutWeights(true)
            .build();
    front =
        Served.of(headers, server -> server.jobs(jobs(), Duration.ofDays(1)).front().apiKeys(keys));
    wrong = worker("wrong", "sk-other-0123456789").clock(clock::get).start();
  }

  @AfterEach
  void close() {
    wrong.close();
    front.close();
    headers.close();
  }

  private String jobs() {
    return folder.resolve("jobs").toString();
  }

  private SdWorker.Builder worker(String cache, String key) {
    return SdWorker.builder(jobs())
        .front(front.server.uri(), Optional.of(key))
        .cache(folder.resolve(cache))
        .port(0);
  }

  private static HttpRequest.Builder keyed(HttpRequest.Builder request) {
    return request.header("Authorization", "Bearer sk-front-0123456789");
  }

  private List<String> submit(int number) {
    return IntStream.range(0, number)
        .mapToObj(
            seed ->
                front.post(
                    "/api/jobs",
                    "{'prompt': 'a fox', 'width': 64, 'height': 64, 'steps': 1, 'seed': "
                        + seed
                        + "}"))
        .map(request -> Served.json(front.send(keyed(request))).get("id").asText())
        .toList();
  }

  private String state(String id) {
    JsonNode job = Served.json(front.send(keyed(front.request("/api/jobs/" + id))));
    return job.get("state").asText();
  }

  private String end(String id) {
    String state = state(id);
    while (List.of("waiting", "running").contains(state)) {
      clock.addAndGet(Duration.ofSeconds(1).toNanos());
      state = state(id);
    }
    return state;
  }

  private HttpResponse<String> ready() {
    return ofTheWorker("/ready");
  }

  private HttpResponse<String> ofTheWorker(String path) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(wrong.uri() + path)).build(),
              BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Lets time pass until the worker has stopped or started to claim. */
  private HttpResponse<String> readiness(int status) {
    HttpResponse<String> ready = ready();
    while (ready.statusCode() != status) {
      clock.addAndGet(Duration.ofSeconds(1).toNanos());
      ready = ready();
    }
    return ready;
  }

  private JsonNode worker() {
    for (JsonNode each :
        Served.json(front.send(keyed(front.request("/api/workers")))).get("workers")) {
      if (!each.get("ready").asBoolean()) {
        return each;
      }
    }
    throw new AssertionError("all workers are ready");
  }

  @Test
  void wrongKey_besideAHealthyWorker_noJobFails() {
    try (SdWorker healthy = worker("healthy", "sk-front-0123456789").start()) {
      assertThat(healthy.uri().getPort()).isPositive();
      List<String> jobs = submit(8);
      assertThat(jobs).allSatisfy(id -> assertThat(end(id)).isEqualTo("done"));
    }
  }

  @Test
  void wrongKey_threeFaults_workerSaysWhy_andRecoversWhenTheKeyIsAccepted() throws IOException {
    List<String> jobs = submit(1);
    HttpResponse<String> ready = readiness(503);
    assertThat(ready.body()).contains("refuses the worker's key (--front-key)");
    assertThat(worker().get("alive").asBoolean()).isTrue();
    assertThat(worker().get("reason").asText()).isEqualTo(ready.body());
    assertThat(worker().get("version").asText()).isNotEmpty();
    while (state(jobs.get(0)).equals("running")) {
      Thread.onSpinWait(); // The front learns twice a second what its workers did.
    }
    assertThat(state(jobs.get(0))).isEqualTo("waiting");
    while (!ofTheWorker("/metrics").body().contains("\nsdlora_jobs_unfinished 0.0\n")) {
      Thread.onSpinWait(); // The worker forgets the job a moment after it has handed it back.
    }
    Files.writeString(
        keys, KEYS.formatted(", {\"name\": \"b\", \"key\": \"sk-other-0123456789\"}"));
    assertThat(readiness(200).body()).isEqualTo("ready");
    assertThat(end(jobs.get(0))).isEqualTo("done");
  }
}
