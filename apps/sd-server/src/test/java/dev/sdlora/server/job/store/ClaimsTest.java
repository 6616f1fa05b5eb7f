package dev.sdlora.server.job.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.server.job.JobState;
import dev.sdlora.server.key.Sender;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the choice of a server for a job, and the end of jobs that no server draws. */
@SuppressWarnings("NullAway.Init")
class ClaimsTest {
  private static final long DAY = 19_000;
  @TempDir Path folder;
  private JobStore store;
  private Claims claims;

  @BeforeEach
  void open() {
    store = JobStore.open(folder.toString(), StoreObserver.NONE, Optional.empty());
    claims = store.claims();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void add(String id, int parts) {
    store.add(
        TestStore.job(
            id, parts, DAY * 86_400_000, "", new Sender(Optional.of("shop"), 0, Optional.empty())));
  }

  private void alive(String worker, String reason) {
    store
        .workers()
        .report(new Workers.Worker(worker, 0, true, "model", "", 1, 0, "test", reason), true);
  }

  private void change(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("jobs"));
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }

  private JobState state(String id) {
    return store.find(id).orElseThrow().status().state();
  }

  private Optional<String> claimed(String worker) {
    return claims.claim(worker, TestStore.ANY).map(StoredJob.Claim::id);
  }

  @Test
  void handedBack_forAFaultOfTheServer_theJobGoesElsewhereFirst() {
    alive("broken", "");
    alive("sound", "");
    add("job", 1);
    StoredJob.Claim claim = claims.claim("broken", TestStore.ANY).orElseThrow();
    assertThat(claims.handBack("broken", claim, true)).isTrue();
    assertThat(claimed("broken")).isEmpty();
    Optional<StoredJob.Claim> next = claims.claim("sound", TestStore.ANY);
    assertThat(next).map(StoredJob.Claim::attempt).contains(1);
  }

  @Test
  void handedBack_byAllThatClaimJobs_theJobComesBack() {
    alive("broken", "");
    alive("stopped", "it cannot get files");
    add("job", 1);
    claims.handBack("broken", claims.claim("broken", TestStore.ANY).orElseThrow(), true);
    assertThat(claimed("broken")).contains("job");
  }

  @Test
  void cancelled_beforeTheServerThatHandsItBackKnows_ends() {
    store.usage().add("shop", DAY, 3, 0);
    add("job", 3);
    StoredJob.Claim claim = claims.claim("worker", TestStore.ANY).orElseThrow();
    assertThat(store.cancel("job")).isFalse();
    assertThat(state("job")).isEqualTo(JobState.RUNNING);
    assertThat(claims.handBack("worker", claim, true)).isTrue();
    assertThat(state("job")).isEqualTo(JobState.CANCELLED);
    assertThat(store.usage().of("shop", DAY).images()).isZero();
    assertThat(claimed("worker")).isEmpty();
  }

  @Test
  void cancelled_beforeTheServerThatStopsKnows_ends() {
    add("job", 1);
    StoredJob.Claim claim = claims.claim("worker", TestStore.ANY).orElseThrow();
    store.cancel("job");
    claims.giveBack("worker", claim);
    assertThat(state("job")).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void cancelled_whoseServerIsGone_ends() throws SQLException {
    add("before", 1);
    assertThat(claimed("gone")).isPresent();
    store.cancel("before");
    change("UPDATE sd_jobs SET lease = 0 WHERE id = 'before'");
    assertThat(claimed("another")).isEmpty();
    assertThat(state("before")).isEqualTo(JobState.CANCELLED);
    add("after", 1);
    assertThat(claimed("gone")).isPresent();
    change("UPDATE sd_jobs SET lease = 0 WHERE id = 'after'");
    assertThat(store.cancel("after")).isTrue();
    assertThat(state("after")).isEqualTo(JobState.CANCELLED);
  }

  private void end(String id, JobState state, double seconds) {
    add(id, 1);
    StoredJob.Claim claim = claims.claim("worker", TestStore.ANY).orElseThrow();
    Claims.Update update =
        new Claims.Update(JobReport.NOTHING, Optional.empty(), List.of(), List.of(), List.of(), 0);
    assertThat(claims.end("worker", claim, state, seconds, update)).isTrue();
  }

  @Test
  void meanSeconds_isThatOfFinishedJobs() {
    assertThat(store.meanSeconds()).isEmpty();
    end("one", JobState.DONE, 10);
    end("two", JobState.FAILED, 1000);
    end("three", JobState.DONE, 30);
    assertThat(store.meanSeconds()).hasValue(20);
  }
}
