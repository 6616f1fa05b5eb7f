package dev.sdlora.server.job.shared;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.server.Served;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in a database whose images are in a folder. */
@SuppressWarnings("NullAway.Init")
class StoredResultsTest {
  private static final String BODY =
      "{'prompt': 'a ring', 'seed': 4, 'n_iter': 2, 'width': 72, 'height': 72, 'steps': 2}";
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
        pipeline,
        settings ->
            settings
                .jobs(folder.resolve("jobs").toString(), Duration.ofDays(1))
                .results(folder.resolve("results").toString()));
  }

  private static JsonNode drawn(Served served, String body) {
    String id = served.ask("/api/jobs", body).get("id").asText();
    return served.until("/api/jobs/" + id, job -> !job.get("state").asText().matches("[wr].*"));
  }

  private static HttpResponse<byte[]> image(Served served, JsonNode job, int number) {
    String url = job.get("images").get(number).get("url").asText();
    return served.sendForBytes(served.request(url));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> inside = Files.walk(folder.resolve("results"))) {
      return inside.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private Connection database() throws SQLException {
    return DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("jobs").resolve("jobs"));
  }

  /** Returns the keys of images; empty for those whose file is in the database. */
  private List<String> keys() throws SQLException {
    List<String> keys = new ArrayList<>();
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT result, png FROM sd_images ORDER BY job, number")) {
      while (rows.next()) {
        String key = rows.getString(1);
        assertThat(rows.getBytes(2) == null).isEqualTo(key != null);
        keys.add(key == null ? "" : key);
      }
    }
    return keys;
  }

  @Test
  void images_areInTheFolder_andTheDatabaseHasTheirNames() throws IOException, SQLException {
    JsonNode job;
    byte[] first;
    byte[] second;
    try (Served served = served();
        Served plain = Served.of(pipeline)) {
      JsonNode expected = drawn(plain, BODY);
      job = drawn(served, BODY);
      first = image(plain, expected, 0).body();
      second = image(plain, expected, 1).body();
      assertThat(job.get("warnings")).isEmpty();
      assertThat(image(served, job, 0).body()).isEqualTo(first);
      assertThat(Files.readAllBytes(files().get(0))).isEqualTo(first);
      assertThat(Files.readAllBytes(files().get(1))).isEqualTo(second);
    }
    assertThat(keys()).hasSize(2).allMatch(key -> Files.exists(folder.resolve("results/" + key)));
    try (Served again = served()) {
      assertThat(image(again, job, 0).body()).isEqualTo(first);
      Files.delete(files().get(1));
      HttpResponse<byte[]> gone = image(again, job, 1);
      assertThat(gone.statusCode()).isEqualTo(404);
      assertThat(new String(gone.body(), StandardCharsets.UTF_8))
          .contains("the image was deleted from the results");
    }
  }

  @Test
  void folderThatTakesNothing_isAWarning_andTheDatabaseKeepsTheImages()
      throws IOException, SQLException {
    JsonNode job;
    byte[] first;
    try (Served served = served()) {
      Files.delete(folder.resolve("results"));
      job = drawn(served, BODY);
      first = image(served, job, 0).body();
      assertThat(job.get("state").asText()).isEqualTo("done");
      assertThat(job.get("warnings")).hasSize(1);
      assertThat(job.get("warnings").get(0).asText())
          .startsWith("the images from number 0 on could not be saved in the results: ");
    }
    assertThat(keys()).containsExactly("", "");
    try (Served again = served()) {
      assertThat(image(again, job, 0).body()).isEqualTo(first);
      assertThat(again.get("/api/jobs/" + job.get("id").asText()).get("warnings"))
          .isEqualTo(job.get("warnings"));
      drawn(again, BODY.replace("}", ", 'save_images': false}"));
      assertThat(files()).isEmpty();
    }
  }

  /** The image of an older version stays in the database. */
  @Test
  void database_ofAnOlderVersion_isRead() throws SQLException {
    JsonNode job;
    byte[] first;
    try (Served served =
        Served.of(
            pipeline,
            settings -> settings.jobs(folder.resolve("jobs").toString(), Duration.ofDays(1)))) {
      job = drawn(served, BODY);
      first = image(served, job, 0).body();
    }
    try (Connection connection = database();
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER TABLE sd_images DROP COLUMN result");
      statement.execute("ALTER TABLE sd_images ALTER COLUMN png SET NOT NULL");
    }
    try (Served served = served()) {
      assertThat(image(served, job, 0).body()).isEqualTo(first);
      drawn(served, BODY);
    }
    assertThat(keys()).hasSize(4).contains("");
  }

  /** Older versions stored the fields of an API; later ones store complete requests. */
  @Test
  void waitingJob_ofAnOlderVersion_failsWithTheReason() throws SQLException {
    try (Served served = served()) {
      drawn(served, BODY);
    }
    try (Connection connection = database();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO sd_jobs (id, model, affinity, kind, title, parts, settings, body, state,"
              + " place, created, attempts, cancelling, report, priority) SELECT 'old', model,"
              + " affinity, kind, title, parts, settings, settings, 'waiting', place, created, 0,"
              + " FALSE, '{}', priority FROM sd_jobs");
    }
    try (Served served = served()) {
      JsonNode job =
          served.until("/api/jobs/old", found -> !found.get("state").asText().matches("[wr].*"));
      assertThat(job.get("error").asText())
          .isEqualTo(
              "the job was stored by an older version of this program, which this one cannot"
                  + " draw; send its request again");
    }
  }
}
