package dev.sdlora.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.server.ApiKey;
import dev.sdlora.server.Served;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the waits that a front names to refused clients. */
@SuppressWarnings("NullAway.Init")
class FrontWaitTest {
  private static final String SMALL = "{'prompt': 'x', 'width': 64, 'height': 64, 'steps': 1}";
  private static final String WORKER =
      "INSERT INTO sd_workers (name, heartbeat, checkpoint, loras, concurrency, running, version)"
          + " VALUES ('any', CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT) + 3600000,"
          + " '', '', 1, 0, '')";
  @TempDir Path folder;
  private Pipeline headers;

  @BeforeEach
  void open() {
    headers =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .withoutWeights(true)
            .build();
  }

  @AfterEach
  void close() {
    headers.close();
  }

  private Served front() {
    return Served.of(
        headers,
        settings ->
            settings
                .jobs(folder.toString(), Duration.ofDays(1))
                .front()
                .maxJobs(2)
                .apiKey(ApiKey.of("one", "sk-one-000").maxJobs(1))
                .apiKey(ApiKey.of("two", "sk-two-000")));
  }

  private static HttpResponse<String> ask(Served front, String key) {
    return front.send(
        front.post("/api/jobs", SMALL).header("Authorization", "Bearer sk-" + key + "-000"));
  }

  private static HttpResponse<String> refused(Served front, String key) {
    HttpResponse<String> refused = ask(front, key);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
    return refused;
  }

  private static long wait(HttpResponse<String> refused) {
    return refused.headers().firstValueAsLong("Retry-After").orElseThrow();
  }

  private void change(String... statements) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("jobs"));
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        assertThat(statement.executeUpdate(each)).isEqualTo(1);
      }
    }
  }

  @Test
  void noWorker_limitsTellTheWaitForOne() {
    try (Served front = front()) {
      assertThat(ask(front, "one").statusCode()).isEqualTo(202);
      HttpResponse<String> ofKey = refused(front, "one");
      assertThat(wait(ofKey)).isEqualTo(60);
      assertThat(ofKey.body()).contains("(maxJobs); try again in 60 s");
      assertThat(ask(front, "two").statusCode()).isEqualTo(202);
      HttpResponse<String> full = refused(front, "two");
      assertThat(wait(full)).isEqualTo(60);
      assertThat(full.body()).contains("no worker is ready; try again in 60 s");
    }
  }

  @Test
  void worker_limitsTellTheDurationOfJobsInTheDatabase() throws SQLException {
    try (Served before = front()) {
      assertThat(ask(before, "one").statusCode()).isEqualTo(202);
    }
    change("UPDATE sd_jobs SET state = 'done', ended = created + 200000, seconds = 41", WORKER);
    try (Served front = front()) {
      assertThat(ask(front, "one").statusCode()).isEqualTo(202);
      HttpResponse<String> ofKey = refused(front, "one");
      while (wait(ofKey) == 60) { // Until the front has seen the worker.
        Thread.onSpinWait();
        ofKey = refused(front, "one");
      }
      assertThat(wait(ofKey)).isEqualTo(41);
      assertThat(ask(front, "two").statusCode()).isEqualTo(202);
      assertThat(wait(refused(front, "two"))).isEqualTo(41);
    }
  }
}
