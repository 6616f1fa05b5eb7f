package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A front without weights, and workers that get their files from it by hash. */
@SuppressWarnings("NullAway.Init")
class ClusterTest {
  private static final String SIZE = "'width': 64, 'height': 64, 'steps': 4, 'seed': 4";
  private static final String KEY = "sk-front";
  @TempDir static Path folder;
  private static Path models;
  private static Path jobs;
  private static Pipeline headers;
  private static Pipeline whole;
  private static Served front;
  private static Served plain;
  private static SdWorker worker;

  @BeforeAll
  static void open() throws IOException {
    models = Files.createDirectory(folder.resolve("models"));
    jobs = folder.resolve("jobs");
    Path checkpoint = models.resolve("tiny.safetensors");
    Files.copy(DemoModel.checkpoint(), checkpoint);
    Path loras = Files.createDirectory(folder.resolve("loras"));
    try (Stream<Path> all = Files.list(DemoModel.loras())) {
      for (Path file : all.toList()) {
        Files.copy(file, loras.resolve(file.getFileName().toString()));
      }
    }
    headers =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(checkpoint))
            .loraDirectory(loras)
            .withoutWeights(true)
            .build();
    whole =
        settings(Pipeline.builder())
            .checkpoint(Checkpoint.open(checkpoint))
            .loraDirectory(loras)
            .build();
    plain = Served.of(whole);
    front =
        Served.of(
            headers,
            settings ->
                settings.jobs(jobs.toString(), Duration.ofDays(1)).front().bearerToken(KEY));
    worker = worker("cache").start();
  }

  private static Pipeline.Builder settings(Pipeline.Builder builder) {
    return builder.precision(Precision.FLOAT32).loraMode(LoraMode.OVERLAY);
  }

  private static SdWorker.Builder worker(String cache) {
    return SdWorker.builder(jobs.toString())
        .front(front.server.uri(), Optional.of(KEY))
        .cache(folder.resolve(cache))
        .pipelines(ClusterTest::settings)
        .port(0);
  }

  @AfterAll
  static void close() {
    worker.close();
    front.close();
    plain.close();
    headers.close();
    whole.close();
  }

  private static HttpResponse<String> asked(String path, String body) {
    return front.send(front.post(path, body).header("Authorization", "Bearer " + KEY));
  }

  private static HttpResponse<String> got(String path) {
    return front.send(front.request(path).header("Authorization", "Bearer " + KEY));
  }

  private static String comparable(HttpResponse<String> answer) {
    String text = answer.statusCode() + " " + answer.body();
    return text.replaceAll("((job_timestamp|job_id|created)\\W+)[\\w.:-]+", "$1…");
  }

  @Test
  void front_answersAsAServerThatDraws() {
    String body = "{'prompt': 'a ring<lora:night:1>', 'n_iter': 2, 'styles': [], " + SIZE + "}";
    assertThat(comparable(asked("/sdapi/v1/txt2img", body)))
        .isEqualTo(comparable(plain.send(plain.post("/sdapi/v1/txt2img", body))))
        .startsWith("200");
    String generation = "{'prompt': 'a star', 'size': '64x64', 'steps': 4, 'seed': 4}";
    assertThat(comparable(asked("/v1/images/generations", generation)))
        .isEqualTo(comparable(plain.send(plain.post("/v1/images/generations", generation))))
        .startsWith("200");
    assertThat(headers.liveTensors()).isZero();
  }

  @Test
  void front_refusesWhatNeedsAModel() {
    assertThat(asked("/api/trainings", "{}").statusCode()).isEqualTo(501);
    assertThat(asked("/sdapi/v1/txt2img", "{'prompt': '<hypernet:a:1>', " + SIZE + "}").body())
        .contains("hypernetworks");
    HttpResponse<String> unknown =
        asked("/sdapi/v1/txt2img", "{'prompt': '<lora:absent:1>', " + SIZE + "}");
    assertThat(unknown.statusCode()).isEqualTo(422);
  }

  @Test
  void files_haveHashesAndRanges_butNoPaths() {
    LoraAdapter lora = headers.loras().list().get(0);
    String path = "/api/files/" + lora.sha256();
    byte[] all = bytes(path, "");
    assertThat(all).isEqualTo(read(lora.path()));
    byte[] rest = bytes(path, "bytes=100-");
    assertThat(rest).hasSize(all.length - 100).endsWith(all[all.length - 1]);
    assertThat(got("/api/files/" + "0".repeat(64)).statusCode()).isEqualTo(404);
    assertThat(got("/api/files/..%2Ftiny.safetensors").statusCode()).isGreaterThan(399);
    assertThat(front.send(front.request(path)).statusCode()).isEqualTo(401);
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(String path, String range) {
    var request = front.request(path).header("Authorization", "Bearer " + KEY);
    if (!range.isEmpty()) {
      request.header("Range", range);
    }
    return front.sendForBytes(request).body();
  }

  @Test
  void workers_areListed() {
    JsonNode workers = Served.json(got("/api/workers")).get("workers");
    assertThat(workers).isNotEmpty();
    assertThat(workers.get(0).get("alive").asBoolean()).isTrue();
  }
}
