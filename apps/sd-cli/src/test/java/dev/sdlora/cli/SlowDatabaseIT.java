package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two servers share jobs in a PostgreSQL whose statements wait for another session for so long that
 * claims run out. The servers answer meanwhile, and every job ends once.
 */
@Tag("slow")
final class SlowDatabaseIT {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** More than the connections of a server. */
  private static final int WAITING_REQUESTS = 40;

  @Test
  void statementsThatWait_serversAnswer_everyJobEndsOnce() throws Exception {
    try (TemporaryPostgres postgres = TemporaryPostgres.open();
        ServingProcess left = server(postgres);
        ServingProcess right = server(postgres)) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        ids.add(left.submit("job " + i, i, 40));
      }
      left.until(ids.get(0), "running");
      List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
      try (Connection other = DriverManager.getConnection(postgres.address());
          Statement statement = other.createStatement()) {
        other.setAutoCommit(false);
        statement.execute("LOCK TABLE sd_jobs IN ACCESS EXCLUSIVE MODE");
        for (int i = 0; i < WAITING_REQUESTS; i++) {
          waiting.add(submitLater(left, "late " + i));
        }
        for (ServingProcess server : List.of(left, right)) {
          assertThat(text(server, "/health")).isEqualTo("ok");
          assertThat(text(server, "/ready")).isNotEmpty();
        }
        assertThat(left.get("/api/jobs").get("jobs").size()).isGreaterThanOrEqualTo(4);
        var first = CompletableFuture.anyOf(waiting.toArray(CompletableFuture[]::new));
        assertThat(((HttpResponse<?>) first.join()).statusCode()).isEqualTo(503);
        // As after 20 seconds without renewal.
        statement.execute("UPDATE sd_jobs SET lease = 0 WHERE state = 'running'");
        other.commit();
      }
      for (CompletableFuture<HttpResponse<String>> answer : waiting) {
        if (answer.join().statusCode() == 202) {
          ids.add(new ObjectMapper().readTree(answer.join().body()).get("id").asText());
        } else {
          assertThat(answer.join().statusCode()).as(answer.join().body()).isEqualTo(503);
        }
      }
      assertThat(ids).hasSizeBetween(4, 4 + WAITING_REQUESTS - 1);
      for (String id : ids) {
        JsonNode atLeft = left.until(id, "done");
        assertThat(right.until(id, "done").get("images")).isEqualTo(atLeft.get("images"));
      }
      assertThat(count(postgres, "SELECT count(*) FROM sd_jobs")).isEqualTo(ids.size());
      assertThat(count(postgres, "SELECT count(*) FROM sd_images")).isEqualTo(ids.size());
      assertThat(count(postgres, "SELECT count(*) FROM sd_jobs WHERE state <> 'done'")).isZero();
    }
  }

  private static ServingProcess server(TemporaryPostgres postgres) throws IOException {
    return ServingProcess.start("--jobs", postgres.address(), "--max-jobs", "100");
  }

  private static CompletableFuture<HttpResponse<String>> submitLater(
      ServingProcess server, String key) {
    String body =
        "{\"prompt\": \"a ring\", \"width\": 64, \"height\": 64, \"steps\": 4, \"seed\": 0}";
    HttpRequest request =
        HttpRequest.newBuilder(server.address().resolve("/api/jobs"))
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body))
            .build();
    return CLIENT.sendAsync(request, BodyHandlers.ofString());
  }

  private static String text(ServingProcess server, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(server.address().resolve(path)).build();
    return CLIENT.send(request, BodyHandlers.ofString()).body();
  }

  private static int count(TemporaryPostgres postgres, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.address());
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      found.next();
      return found.getInt(1);
    }
  }
}
