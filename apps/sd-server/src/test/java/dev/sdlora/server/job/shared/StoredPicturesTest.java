package dev.sdlora.server.job.shared;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import dev.sdlora.server.Served;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in a database that read uploads. */
@SuppressWarnings("NullAway.Init")
class StoredPicturesTest {
  private static final String REST =
      "'prompt': 'a ring', 'seed': 4, 'width': 64, 'height': 64, 'steps': 4";
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

  private static String upload(Served served, long seed) {
    byte[] rgb = new byte[3 * 64 * 64];
    new Random(seed).nextBytes(rgb);
    byte[] file = new GeneratedImage(Image.of(64, 64, rgb), 1, "").png();
    return Served.json(
            served.send(served.request("/api/pictures").POST(BodyPublishers.ofByteArray(file))))
        .get("reference")
        .asText();
  }

  private static String submit(Served served, String body) {
    return served.ask("/api/jobs", body).get("id").asText();
  }

  private static JsonNode ended(Served served, String id) {
    return served.until(
        "/api/jobs/" + id,
        job -> !List.of("waiting", "running").contains(job.get("state").asText()));
  }

  private static byte[] image(Served served, JsonNode job) {
    assertThat(job.get("state").asText()).as(job.toString()).isEqualTo("done");
    String url = job.get("images").get(0).get("url").asText();
    return served.sendForBytes(served.request(url)).body();
  }

  private long number(String sql) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("jobs"));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static String body(String picture, String more) {
    return "{'init_images': ['%s'], 'denoising_strength': 0.5, %s%s}"
        .formatted(picture, more, REST);
  }

  @Test
  void upload_ofAWaitingJob_isDrawnByTheNextProcess() {
    byte[] expected;
    String waiting;
    try (Served before = served()) {
      String picture = upload(before, 1);
      expected = image(before, ended(before, submit(before, body(picture, ""))));
      submit(before, Served.LONG.replace("1000", "30"));
      waiting = submit(before, body(picture, ""));
    }
    try (Served after = served()) {
      assertThat(image(after, ended(after, waiting))).isEqualTo(expected);
    }
  }

  @Test
  void unreadFields_withReferencesAndLongTexts_takeNoPlace() throws Exception {
    try (Served served = served()) {
      String read = upload(served, 1);
      String unread = upload(served, 2);
      submit(served, Served.LONG);
      String references = String.join("','", Collections.nCopies(500, unread));
      String more =
          "'x': ['%s', '%s'], 'y': '%s', ".formatted(references, read, "A".repeat(100_000));
      submit(served, body(read, more));
      submit(served, body(read, more));
      assertThat(number("SELECT COUNT(*) FROM sd_pictures")).isEqualTo(1);
      assertThat(number("SELECT SUM(OCTET_LENGTH(png)) FROM sd_picture_parts"))
          .isBetween(12_000L, 14_000L);
      assertThat(number("SELECT MAX(CHAR_LENGTH(body)) FROM sd_jobs")).isLessThan(40_000);
    }
  }

  @Test
  void images_withMoreBytesThanARequest_areRefused() {
    try (Served served =
        Served.of(
            pipeline,
            settings ->
                settings.jobs(folder.toString(), Duration.ofDays(1)).maxBodyBytes(20_000))) {
      String one = upload(served, 1);
      String two = upload(served, 2);
      String more = "'mask': '%s', ";
      HttpResponse<String> refused =
          served.send(served.post("/api/jobs", body(one, more.formatted(two))));
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(413);
      assertThat(Served.json(refused.body()).get("detail").asText())
          .contains("bytes in total; the limit of a request is 20000");
      // The same picture counts once.
      image(served, ended(served, submit(served, body(one, more.formatted(one)))));
    }
  }

  @Tag("slow")
  @Test
  void start_withoutPostgres_waitsForIt() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    String place = "jdbc:postgresql://127.0.0.1:" + port + "/sd?user=sd";
    try (Served served =
        Served.of(pipeline, settings -> settings.jobs(place, Duration.ofDays(1)))) {
      assertThat(served.send(served.request("/health")).statusCode()).isEqualTo(200);
      HttpResponse<String> ready = served.send(served.request("/ready"));
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).isEqualTo("the database of the jobs cannot be used now");
      assertThat(served.send(served.post("/api/jobs", "{" + REST + "}")).statusCode())
          .isEqualTo(503);
    }
  }
}
