package dev.sdlora.server.job.shared;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.server.SdWorker;
import dev.sdlora.server.Served;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in a database of one server. */
@SuppressWarnings("NullAway.Init")
class SharedJobsTest {
  private static final String REST = "'width': 64, 'height': 64, 'steps': 4}";
  private static Pipeline pipeline;
  @TempDir Path folder;

  @BeforeAll
  static void open() {
    pipeline = Served.pipeline(1);
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private Served served() {
    return Served.of(
        pipeline, settings -> settings.jobs(folder.toString(), Duration.ofDays(1)).maxJobs(20));
  }

  private static String submit(Served served, String body) {
    return served.ask("/api/jobs", body).get("id").asText();
  }

  private static JsonNode done(Served served, String id) {
    return served.until("/api/jobs/" + id, job -> !isUnfinished(job));
  }

  private static boolean isUnfinished(JsonNode job) {
    return List.of("waiting", "running").contains(job.get("state").asText());
  }

  private static byte[] image(Served served, JsonNode job, int number) {
    String url = job.get("images").get(number).get("url").asText();
    return served.sendForBytes(served.request(url)).body();
  }

  @Test
  void submit_drawsAsWithoutDatabase() {
    String body = "{'prompt': 'a ring<lora:night:1>', 'seed': 4, 'n_iter': 2, " + REST;
    try (Served plain = Served.of(pipeline);
        Served stored = served()) {
      JsonNode expected = done(plain, submit(plain, body));
      JsonNode found = done(stored, submit(stored, body));
      for (String field : List.of("kind", "title", "state", "settings", "loras", "warnings")) {
        assertThat(found.get(field)).describedAs(field).isEqualTo(expected.get(field));
      }
      assertThat(found.get("images")).hasSize(2);
      assertThat(image(stored, found, 0)).isEqualTo(image(plain, expected, 0));
      assertThat(image(stored, found, 1)).isEqualTo(image(plain, expected, 1));
    }
  }

  @Tag("slow")
  @Test
  void restart_endedJobsStay_andUnfinishedOnesAreDrawn() {
    List<String> ids;
    JsonNode first;
    byte[] picture;
    try (Served before = served()) {
      String ended = submit(before, "{'prompt': 'a red star', 'seed': 1, " + REST);
      first = done(before, ended);
      picture = image(before, first, 0);
      String cut = submit(before, Served.LONG.replace("1000", "100"));
      before.until("/api/jobs/" + cut, job -> job.get("state").asText().equals("running"));
      Stream<String> waiting =
          IntStream.range(0, 3)
              .mapToObj(i -> submit(before, "{'prompt': 'a ring', 'seed': " + i + ", " + REST));
      ids = Stream.concat(Stream.of(cut), waiting).toList();
    }
    try (Served after = served()) {
      assertThat(image(after, first, 0)).isEqualTo(picture);
      JsonNode shown = after.get("/api/jobs/" + first.get("id").asText());
      assertThat(shown.get("state").asText()).isEqualTo("done");
      assertThat(shown.get("created")).isEqualTo(first.get("created"));
      assertThat(image(after, shown, 0)).isEqualTo(picture);
      assertThat(after.get("/api/jobs").get("jobs")).hasSize(5);
      ids.forEach(id -> assertThat(done(after, id).get("state").asText()).isEqualTo("done"));
    }
  }

  @Test
  void repeatedKey_drawsOnce() {
    try (Served served = served()) {
      String body = "{'prompt': 'a ring', 'seed': 4, " + REST;
      List<String> ids =
          Stream.of("one", "one", "two")
              .map(
                  key ->
                      Served.json(
                              served.send(
                                  served.post("/api/jobs", body).header("Idempotency-Key", key)))
                          .get("id")
                          .asText())
              .toList();
      assertThat(ids.get(1)).isEqualTo(ids.get(0)).isNotEqualTo(ids.get(2));
      ids.forEach(id -> done(served, id));
      assertThat(served.get("/api/jobs").get("jobs")).hasSize(2);
    }
  }

  @Test
  void cancel_aWaitingAndARunningJob_theyStayCancelled() {
    String running;
    String waiting;
    try (Served served = served()) {
      running = submit(served, Served.LONG);
      waiting = submit(served, Served.LONG);
      served.until("/api/jobs/" + running, job -> job.get("state").asText().equals("running"));
      assertThat(served.get("/api/jobs/" + waiting).get("place").asInt()).isEqualTo(1);
      for (String id : List.of(waiting, running)) {
        served.send(served.request("/api/jobs/" + id).DELETE());
        assertThat(done(served, id).get("state").asText()).isEqualTo("cancelled");
      }
      served.untilIdle();
    }
    try (Served served = served()) {
      for (String id : List.of(waiting, running)) {
        assertThat(served.get("/api/jobs/" + id).get("state").asText()).isEqualTo("cancelled");
        served.send(served.request("/api/jobs/" + id).DELETE());
        assertThat(served.send(served.request("/api/jobs/" + id)).statusCode()).isEqualTo(404);
      }
    }
    try (Served served = served()) {
      assertThat(served.get("/api/jobs").get("jobs")).isEmpty();
    }
  }

  @Test
  void close_twice_hasNoFurtherEffect() {
    try (Served served = served()) {
      done(served, submit(served, "{'prompt': 'a ring', " + REST));
      served.server.close(Duration.ZERO);
    }
    SdWorker worker = SdWorker.builder(folder.resolve("worker").toString()).port(0).start();
    worker.close(Duration.ZERO);
    worker.close();
  }

  @Test
  void cancel_justBeforeTheServerEnds_theJobStaysCancelled() {
    String id;
    try (Served before = served()) {
      id = submit(before, Served.LONG);
      before.until("/api/jobs/" + id, job -> job.get("state").asText().equals("running"));
      before.send(before.request("/api/jobs/" + id).DELETE());
    }
    try (Served after = served()) {
      assertThat(after.get("/api/jobs/" + id).get("state").asText()).isEqualTo("cancelled");
    }
  }

  /** H2 lets one process open a folder twice, so this is what servers do on PostgreSQL. */
  @Test
  void twoServers_shareAllJobs_eachEndsOnce() {
    try (Pipeline second = Served.pipeline(1);
        Served left = served();
        Served right =
            Served.of(second, settings -> settings.jobs(folder.toString(), Duration.ofDays(1)))) {
      List<String> ids =
          IntStream.range(0, 6)
              .mapToObj(
                  i ->
                      submit(
                          i % 2 == 0 ? left : right,
                          "{'prompt': 'a ring', 'seed': " + i + ", " + REST))
              .toList();
      try (Served plain = Served.of(pipeline)) {
        for (int i = 0; i < ids.size(); i++) {
          JsonNode atLeft = done(left, ids.get(i));
          JsonNode atRight = done(right, ids.get(i));
          assertThat(atLeft.get("state").asText()).isEqualTo("done");
          assertThat(atRight.get("images").get(0).get("parameters"))
              .isEqualTo(atLeft.get("images").get(0).get("parameters"));
          JsonNode expected =
              done(plain, submit(plain, "{'prompt': 'a ring', 'seed': " + i + ", " + REST));
          assertThat(image(left, atLeft, 0)).isEqualTo(image(plain, expected, 0));
          assertThat(image(right, atRight, 0)).isEqualTo(image(plain, expected, 0));
        }
      }
    }
  }

  @Tag("slow")
  @Test
  void twoServers_claimLostBetweenImages_eachImageIsThereOnce() throws Exception {
    try (Pipeline second = Served.pipeline(1);
        Served left = served();
        Served right =
            Served.of(second, settings -> settings.jobs(folder.toString(), Duration.ofDays(1)))) {
      String id =
          submit(
              left, "{'prompt': 'a ring', 'n_iter': 3, 'width': 64, 'height': 64, 'steps': 150}");
      left.until("/api/jobs/" + id, job -> job.get("images").size() == 1);
      try (Connection other =
              DriverManager.getConnection(
                  "jdbc:h2:file:" + folder + "/jobs;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
          Statement statement = other.createStatement()) {
        statement.execute("UPDATE sd_jobs SET worker = 'another', lease = 0");
      }
      JsonNode atLeft = done(left, id);
      assertThat(atLeft.get("images")).hasSize(3);
      assertThat(done(right, id).get("images")).isEqualTo(atLeft.get("images"));
      while (counted(left) + counted(right) == 0) { // A moment after clients see the end.
        Thread.onSpinWait();
      }
      assertThat(counted(left) + counted(right)).isEqualTo(1);
    }
  }

  /** The jobs that a server counts to those that it drew. */
  private static long counted(Served served) {
    return served
        .send(served.request("/metrics"))
        .body()
        .lines()
        .filter(line -> line.startsWith("sdlora_jobs_seconds_count{") && line.endsWith(" 1"))
        .count();
  }

  @Tag("slow")
  @Test
  void twoServers_oneCancelsWhatTheOtherDraws_andSeesItsPreviews() {
    try (Pipeline second = Served.pipeline(1);
        Served left = served();
        Served right =
            Served.of(second, settings -> settings.jobs(folder.toString(), Duration.ofDays(1)))) {
      List<String> ids = List.of(submit(left, Served.LONG), submit(left, Served.LONG));
      for (String id : ids) {
        for (Served server : List.of(left, right)) {
          JsonNode job = server.until("/api/jobs/" + id, now -> now.get("step").asInt() > 1);
          assertThat(job.get("steps").asInt()).isEqualTo(1000);
        }
      }
      ids.forEach(id -> right.send(right.request("/api/jobs/" + id).DELETE()));
      for (String id : ids) {
        assertThat(done(left, id).get("state").asText()).isEqualTo("cancelled");
        assertThat(done(right, id).get("state").asText()).isEqualTo("cancelled");
      }
    }
  }
}
