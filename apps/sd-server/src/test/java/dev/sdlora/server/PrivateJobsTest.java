package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.demo.model.DemoModel;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs, images and trainings of another key, whose ids a private key knows. */
@SuppressWarnings("NullAway.Init")
class PrivateJobsTest {
  private static final String SIZE = "'prompt': 'x', 'width': 64, 'height': 64, 'steps': 1";
  private static final String GRID =
      "{'request': {%s}, 'x': {'axis': 'seed', 'values': '1, 2'}}".formatted(SIZE);
  private static final String TRAINING =
      "{'name': 'shown%s', 'trigger': 'orb', 'pictures': [{'image': '%s'}], 'width': 64, 'height':"
          + " 64, 'rank': 1, 'modules': 'attention', 'steps': 200, 'sample_every': 1}";

  @TempDir static Path loras;
  @TempDir Path folder;
  private static Pipeline pipeline;

  @BeforeAll
  static void open() {
    pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(loras)
            .precision(Precision.FLOAT32)
            .build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
    assertThat(pipeline.liveTensors()).isZero();
  }

  @Test
  void knownIds_inMemory_areHidden() throws IOException {
    assertHidden("-memory", settings -> settings);
  }

  @Test
  void knownIds_inTheDatabase_andInResults_areHidden() throws IOException {
    assertHidden(
        "-database",
        settings ->
            settings
                .jobs(folder.resolve("jobs").toString(), Duration.ofDays(1))
                .results(folder.resolve("results").toString()));
  }

  private static Served served(UnaryOperator<SdServerBuilder> jobs) {
    return Served.of(
        pipeline,
        settings ->
            jobs.apply(settings)
                .apiKey(ApiKey.of("other", "sk-other-0"))
                .apiKey(ApiKey.of("shy", "sk-shy-000").hideOthers()));
  }

  private static void assertHidden(String name, UnaryOperator<SdServerBuilder> settings)
      throws IOException {
    try (Served served = served(settings)) {
      String grid = drawn(served, "known");
      String image = owner(served, "/api/gallery").get("pictures").get(0).get("name").asText();
      assertReferencesAreHidden(
          served, List.of("job:known/0", "cell:" + grid + "/0", "gallery:" + image));
      String training = trained(served, name);
      String running = id(ask(served, "/api/jobs", Served.LONG));
      String waiting = id(ask(served, "/api/jobs", Served.LONG));
      owner(served, "/api/jobs/" + running, job -> job.get("step").asInt() > 0);
      assertListsAreEmpty(served, running);
      Map<String, HttpRequest.Builder> visits = new LinkedHashMap<>();
      visits.putAll(RoutesWithIds.ofEnded(served, "known", grid));
      visits.putAll(RoutesWithIds.ofTraining(served, training));
      visits.putAll(RoutesWithIds.ofImage(served, "/api/gallery/" + image));
      visits.put("GET /api/jobs/{id}/preview", get(served, "/api/jobs/" + running + "/preview"));
      visits.put(
          "POST /api/jobs/{id}/move",
          served.post("/api/jobs/" + waiting + "/move", "{'place': 1}"));
      visits.put("DELETE /api/jobs/{id}", served.request("/api/jobs/" + running).DELETE());
      assertThat(RoutesWithIds.of(served)).containsExactlyInAnyOrderElementsOf(visits.keySet());
      visits.forEach((route, visit) -> assertForTheOwnerAlone(served, route, visit));
      owner(served, "/api/jobs/" + running, PrivateJobsTest::isOver);
      assertForTheOwnerAlone(served, "cancelling", served.request("/api/jobs/" + waiting).DELETE());
      owner(served, "/api/jobs/" + waiting, PrivateJobsTest::isOver);
    }
  }

  /** Draws an image with a chosen id and a grid; returns the id of the grid. */
  private static String drawn(Served served, String id) {
    ask(served, "/sdapi/v1/txt2img", chosen(id));
    String grid = id(ask(served, "/api/grids", GRID));
    owner(served, "/api/jobs/" + grid, PrivateJobsTest::isOver);
    return grid;
  }

  private static String chosen(String id) {
    return "{%s, 'force_task_id': '%s'}".formatted(SIZE, id);
  }

  /** Begins a training, and cancels it when it has a sample. */
  private static String trained(Served served, String name) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "png", png);
    String image = Base64.getEncoder().encodeToString(png.toByteArray());
    String path =
        "/api/trainings/" + id(ask(served, "/api/trainings", TRAINING.formatted(name, image)));
    owner(served, path, training -> training.get("samples").size() > 0);
    assertThat(send(served, "other", served.request(path).DELETE()).statusCode()).isEqualTo(200);
    owner(served, path, PrivateJobsTest::isOver);
    return path;
  }

  private static void assertForTheOwnerAlone(
      Served served, String what, HttpRequest.Builder visit) {
    HttpResponse<String> refused = send(served, "shy", visit);
    assertThat(refused.statusCode()).as(what + ": " + refused.body()).isEqualTo(404);
    HttpResponse<String> allowed = send(served, "other", visit);
    assertThat(allowed.statusCode()).as(what + ": " + allowed.body()).isBetween(200, 299);
  }

  private static void assertReferencesAreHidden(Served served, List<String> references) {
    for (String reference : references) {
      String body = "{%s, 'init_images': ['%s']}".formatted(SIZE, reference);
      HttpResponse<String> refused = send(served, "shy", served.post("/sdapi/v1/img2img", body));
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
      assertThat(refused.body()).contains(reference + "', which does not exist");
      ask(served, "/sdapi/v1/img2img", body);
    }
  }

  private static void assertListsAreEmpty(Served served, String running) throws IOException {
    for (Map.Entry<String, String> list :
        Map.of("/api/jobs", "jobs", "/api/trainings", "trainings", "/api/gallery", "pictures")
            .entrySet()) {
      JsonNode hidden = Served.json(send(served, "shy", get(served, list.getKey())));
      assertThat(hidden.get(list.getValue())).as(list.getKey()).isEmpty();
      assertThat(owner(served, list.getKey()).get(list.getValue())).isNotEmpty();
    }
    JsonNode progress = Served.json(send(served, "shy", get(served, "/sdapi/v1/progress")));
    assertThat(progress.get("state").get("job").asText()).isEmpty();
    assertThat(progress.get("state").get("job_count").asInt()).isZero();
    assertThat(progress.get("current_image").isNull()).isTrue();
    assertThat(owner(served, "/sdapi/v1/progress").get("state").get("job").asText())
        .isEqualTo(running);
    assertThat(firstEvent(served, "shy")).contains("{\"jobs\":[]}");
    assertThat(firstEvent(served, "other")).contains(running);
    assertTaskIsHidden(served, running, "active");
  }

  private static void assertTaskIsHidden(Served served, String id, String state) {
    HttpRequest.Builder none = served.post("/internal/progress", "{'id_task': 'none'}");
    HttpRequest.Builder task = served.post("/internal/progress", "{'id_task': '" + id + "'}");
    assertThat(send(served, "shy", task).body()).isEqualTo(send(served, "shy", none).body());
    assertThat(Served.json(send(served, "other", task)).get(state).asBoolean()).isTrue();
  }

  private static String firstEvent(Served served, String key) throws IOException {
    try (Stream<String> lines =
        HttpClient.newHttpClient()
            .sendAsync(keyed(get(served, "/api/events"), key).build(), BodyHandlers.ofLines())
            .join()
            .body()) {
      Iterator<String> each = lines.iterator();
      String line = each.next();
      while (!line.startsWith("data:")) {
        line = each.next();
      }
      return line;
    }
  }

  @Test
  void chosenId_ofAnotherKey_isTaken() {
    try (Served served = served(settings -> settings)) {
      ask(served, "/sdapi/v1/txt2img", chosen("known"));
      assertIdIsTaken(served);
    }
  }

  private static void assertIdIsTaken(Served served) {
    HttpResponse<String> taken =
        send(served, "shy", served.post("/sdapi/v1/txt2img", chosen("known")));
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(422);
    assertThat(taken.body()).contains("a job with the id 'known' already exists");
    assertThat(owner(served, "/api/jobs/known").get("owner").asText()).isEqualTo("other");
  }

  @Test
  void knownIds_thatTheDatabaseAloneKnows_areHidden() {
    try (Served served =
        served(settings -> settings.jobs(folder.toString(), Duration.ofDays(1)).history(1))) {
      String grid = drawn(served, "known");
      ask(served, "/sdapi/v1/txt2img", chosen("last"));
      Runnable forget = () -> forget(served, "last", Set.of("known", grid));
      Map<String, HttpRequest.Builder> visits =
          new LinkedHashMap<>(RoutesWithIds.ofEnded(served, "known", grid));
      visits.put("DELETE /api/jobs/{id}", served.request("/api/jobs/" + grid).DELETE());
      forget.run();
      assertIdIsTaken(served);
      forget.run();
      assertTaskIsHidden(served, "known", "completed");
      forget.run();
      assertReferencesAreHidden(served, List.of("job:known/0"));
      ask(served, "/sdapi/v1/txt2img", chosen("later"));
      assertReferencesAreHidden(served, List.of("cell:" + grid + "/0"));
      visits.forEach(
          (route, visit) -> {
            forget.run();
            HttpResponse<String> refused = send(served, "shy", visit);
            assertThat(refused.statusCode()).as(route + ": " + refused.body()).isEqualTo(404);
            forget.run();
            HttpResponse<String> allowed = send(served, "other", visit);
            assertThat(allowed.statusCode()).as(route + ": " + allowed.body()).isEqualTo(200);
          });
    }
  }

  /** With a history of one, looking at another job makes the server forget those before it. */
  private static void forget(Served served, String other, Set<String> ids) {
    owner(
        served,
        "/api/jobs",
        all -> {
          owner(served, "/api/jobs/" + other);
          return all.get("jobs").findValuesAsText("id").stream().noneMatch(ids::contains);
        });
  }

  private static boolean isOver(JsonNode job) {
    return !List.of("waiting", "running").contains(job.get("state").asText());
  }

  private static String id(JsonNode job) {
    return job.get("id").asText();
  }

  private static HttpRequest.Builder get(Served served, String path) {
    return served.request(path).GET();
  }

  private static JsonNode ask(Served served, String path, String body) {
    return Served.json(send(served, "other", served.post(path, body)));
  }

  private static JsonNode owner(Served served, String path) {
    return Served.json(send(served, "other", get(served, path)));
  }

  /** Polls as the owner until a condition holds. */
  private static JsonNode owner(Served served, String path, Predicate<JsonNode> holds) {
    JsonNode answer = owner(served, path);
    while (!holds.test(answer)) {
      Thread.onSpinWait();
      answer = owner(served, path);
    }
    return answer;
  }

  private static HttpRequest.Builder keyed(HttpRequest.Builder request, String key) {
    String secret = key.equals("shy") ? "sk-shy-000" : "sk-other-0";
    return request.copy().setHeader("Authorization", "Bearer " + secret);
  }

  private static HttpResponse<String> send(Served served, String key, HttpRequest.Builder request) {
    return served.send(keyed(request, key));
  }
}
