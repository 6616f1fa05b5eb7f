package dev.sdlora.server.job.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.value.Sha256;
import dev.sdlora.server.job.StoreException;
import dev.sdlora.server.key.Sender;
import dev.sdlora.server.trace.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database in a folder: what it keeps, and how it comes back. */
@SuppressWarnings("NullAway.Init")
class JobStoreTest {
  private static final Sender SENDER = new Sender(Optional.empty(), 0, Optional.empty());
  @TempDir Path folder;
  private JobStore store;

  @BeforeEach
  void open() {
    store = JobStore.open(folder.toString(), StoreObserver.NONE, Optional.empty());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static byte[] picture(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private String add(String id, byte[] picture) {
    String hash = Sha256.hex(picture, 32);
    store.add(
        new StoredJob.Draft(
            id,
            "model",
            "",
            "img2img",
            "a ring",
            1,
            0,
            "{}",
            "{}",
            Map.of(hash, picture),
            RequestFormat.PLAIN,
            Optional.empty(),
            Origin.parse(""),
            SENDER,
            0));
    return hash;
  }

  private Connection connection() throws SQLException {
    return DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("jobs"));
  }

  private long size() throws IOException {
    return Files.size(folder.resolve("jobs.mv.db"));
  }

  /** The first use of a closed database may fail; it opens the database for the next. */
  private List<StoredJob.Status> unfinishedAgain() {
    try {
      return store.unfinished();
    } catch (StoreException e) {
      return store.unfinished();
    }
  }

  @Test
  void picture_longerThanARow_isReadAsItWas() {
    byte[] picture = picture(2 * Pictures.PART + 17, 1);
    String hash = add("one", picture);
    assertThat(store.pictures().find(hash)).hasValue(picture);
    assertThat(store.pictures().find("0".repeat(64))).isEmpty();
  }

  @Test
  void picture_ofSeveralJobs_isStoredOnce_untilTheLastHasEnded() throws Exception {
    byte[] picture = picture(2 * Pictures.PART, 2);
    String hash = add("one", picture);
    add("two", picture);
    try (Connection connection = connection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT COUNT(*) FROM sd_picture_parts")) {
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(2);
    }
    store.cancel("one");
    assertThat(store.pictures().deleteUnused()).isZero();
    assertThat(store.pictures().find(hash)).isPresent();
    store.cancel("two");
    assertThat(store.pictures().deleteUnused()).isEqualTo(1);
    assertThat(store.pictures().find(hash)).isEmpty();
  }

  @Test
  void compact_afterJobsWereDeleted_theFileIsNearTheLiveData() throws IOException {
    for (int i = 0; i < 4; i++) {
      add("job" + i, picture(12 << 20, i));
    }
    assertThat(size()).isGreaterThan(48 << 20);
    store.compact();
    assertThat(size()).isGreaterThan(48 << 20);
    for (int i = 0; i < 4; i++) {
      store.cancel("job" + i);
      store.delete("job" + i);
    }
    store.pictures().deleteUnused();
    store.compact();
    assertThat(size()).isLessThan(1 << 20);
    add("after", picture(100, 9));
    assertThat(store.unfinished()).extracting(StoredJob.Status::id).containsExactly("after");
  }

  @Test
  void database_closedByAnError_opensAgain() throws Exception {
    add("one", picture(100, 1));
    try (Connection connection = connection()) { // As H2 does when a disk or the memory is full.
      ((SessionLocal) connection.unwrap(JdbcConnection.class).getSession())
          .getDatabase()
          .getStore()
          .getMvStore()
          .closeImmediately();
    } catch (SQLException e) {
      assertThat(e.getMessage()).contains("closed");
    }
    assertThatThrownBy(() -> add("lost", picture(100, 2))).isInstanceOf(StoreException.class);
    assertThat(unfinishedAgain()).extracting(StoredJob.Status::id).contains("one");
    add("two", picture(100, 3));
    assertThat(store.unfinished()).extracting(StoredJob.Status::id).contains("one", "two");
  }

  @Test
  void database_shutDown_opensAgain() throws Exception {
    add("one", picture(100, 1));
    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN IMMEDIATELY");
    }
    assertThat(unfinishedAgain()).extracting(StoredJob.Status::id).contains("one");
  }

  @Test
  void failedStatements_leaveNoTraceFile() throws IOException {
    add("one", picture(100, 1));
    assertThatThrownBy(() -> add("one", picture(100, 1))).isInstanceOf(StoreException.class);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files)
          .extracting(file -> file.getFileName().toString())
          .containsExactly("jobs.mv.db");
    }
  }
}
