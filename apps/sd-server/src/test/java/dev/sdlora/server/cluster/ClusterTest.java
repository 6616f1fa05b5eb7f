package dev.sdlora.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.server.SdWorker;
import dev.sdlora.server.Served;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
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
                settings
                    .jobs(jobs.toString(), Duration.ofDays(1))
                    .results(results().toString())
                    .front()
                    .bearerToken(KEY));
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
        .results(results().toString())
        .port(0);
  }

  private static Path results() {
    return folder.resolve("results");
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
    String own = "{'prompt': 'a cup<lora:night:1><lora:zorp:1>', " + SIZE + "}";
    JsonNode expected = ended(plain.ask("/api/jobs", own), plain::get);
    JsonNode found = ended(Served.json(asked("/api/jobs", own)), path -> Served.json(got(path)));
    for (String field : List.of("state", "loras", "warnings", "settings", "image_count")) {
      assertThat(found.get(field)).describedAs(field).isEqualTo(expected.get(field));
    }
    assertThat(headers.liveTensors()).isZero();
  }

  private static JsonNode ended(JsonNode job, Function<String, JsonNode> server) {
    String path = "/api/jobs/" + job.get("id").asText();
    JsonNode now = server.apply(path);
    while (List.of("waiting", "running").contains(now.get("state").asText())) {
      Thread.onSpinWait();
      now = server.apply(path);
    }
    return now;
  }

  @Test
  void workersImage_isInTheResults_andOpensAtTheFrontWithoutCredentials() throws IOException {
    String body = "{'prompt': 'a star', 'size': '64x64', 'steps': 1, 'response_format': 'url'}";
    String url = Served.json(asked("/v1/images/generations", body)).at("/data/0/url").asText();
    byte[] image = front.sendForBytes(front.request(url.substring(url.indexOf("/api/")))).body();
    String job = url.replaceFirst(".*/api/jobs/([^/]+)/.*", "$1");
    try (Stream<Path> files = Files.walk(results())) {
      Path file = files.filter(any -> any.endsWith(job + "-0.png")).findFirst().orElseThrow();
      assertThat(Files.readAllBytes(file)).isEqualTo(image);
    }
    String name = got("/api/gallery").body();
    assertThat(name).contains(job + "-0.png");
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
    while (alive() == 0) {
      Thread.onSpinWait();
    }
    assertThat(got("/api/workers").body()).contains("concurrency", "checkpoint");
  }

  /** The worker's own folder has another file of the name that the front uses. */
  @Test
  void file_withTheNameOfAnother_isNotMistaken() throws IOException {
    Path own = Files.createDirectories(folder.resolve("own"));
    Files.copy(headers.loras().find("zorp").path(), own.resolve("night.safetensors"));
    String body = "{'prompt': 'a cube<lora:night:1>', " + SIZE + "}";
    String expected = comparable(plain.send(plain.post("/sdapi/v1/txt2img", body)));
    worker.close();
    try (SdWorker other = worker("other").folder(own).start()) {
      assertThat(other.uri().getPort()).isPositive();
      assertThat(comparable(asked("/sdapi/v1/txt2img", body))).isEqualTo(expected);
      assertThat(folder.resolve("other").resolve(headers.loras().find("night").sha256())).exists();
    } finally {
      worker = worker("cache").start();
    }
  }

  /** The file of the front is gone when a worker begins the job; each attempt waits longer. */
  @Tag("slow")
  @Test
  void file_thatIsGoneAtTheFront_failsTheJobWithTheReason() throws IOException {
    Path lora = headers.loras().folders().get(0).resolve("brief.safetensors");
    Files.copy(headers.loras().find("zorp").path(), lora);
    Files.write(lora, padded(lora));
    worker.close();
    try {
      String id =
          Served.json(asked("/api/jobs", "{'prompt': 'a cube<lora:brief:1>', " + SIZE + "}"))
              .get("id")
              .asText();
      Files.delete(lora);
      worker = worker("cache").start();
      JsonNode ended = ended(Served.json(got("/api/jobs/" + id)), path -> Served.json(got(path)));
      assertThat(ended.get("state").asText()).isEqualTo("failed");
      assertThat(ended.get("error").asText())
          .startsWith("no worker could draw the job: cannot get 'brief.safetensors'")
          .endsWith("no longer has this file");
    } finally {
      Files.deleteIfExists(lora);
    }
  }

  /** Returns a LoRA's file with other bytes: a space more in the header. */
  private static byte[] padded(Path lora) throws IOException {
    byte[] file = Files.readAllBytes(lora);
    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long length = header.getLong();
    ByteBuffer padded = ByteBuffer.allocate(file.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    padded.putLong(length + 8).put(file, 8, (int) length);
    padded.put("        ".getBytes(StandardCharsets.US_ASCII));
    padded.put(file, 8 + (int) length, file.length - 8 - (int) length);
    return padded.array();
  }

  @Test
  void job_withoutWorkers_waits_andSaysSo() {
    worker.close();
    try {
      while (alive() > 0) {
        Thread.onSpinWait();
      }
      HttpResponse<String> waiting = asked("/api/jobs", "{'prompt': 'a cone', " + SIZE + "}");
      String id = Served.json(waiting).get("id").asText();
      assertThat(Served.json(got("/api/jobs/" + id)).get("state").asText()).isEqualTo("waiting");
      front.send(
          front.request("/api/jobs/" + id).DELETE().header("Authorization", "Bearer " + KEY));
    } finally {
      worker = worker("cache").start();
    }
  }

  private static long alive() {
    long alive = 0;
    for (JsonNode each : Served.json(got("/api/workers")).get("workers")) {
      alive += each.get("alive").asBoolean() ? 1 : 0;
    }
    return alive;
  }
}
