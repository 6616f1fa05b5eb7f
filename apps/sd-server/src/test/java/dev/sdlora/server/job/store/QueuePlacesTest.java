package dev.sdlora.server.job.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.server.key.Sender;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of jobs of several API keys in the database. */
@SuppressWarnings("NullAway.Init")
class QueuePlacesTest {
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

  private void add(String id, String key, int priority, String loras) {
    store.add(
        TestStore.job(id, 1, 0, loras, new Sender(Optional.of(key), priority, Optional.empty())));
  }

  /** Claims all jobs with a server that has applied some LoRAs. */
  private List<String> claimed(String loras) {
    List<String> ids = new ArrayList<>();
    Claims.Criteria criteria =
        new Claims.Criteria(Optional.of(List.of("model")), "model", loras, Optional.empty());
    for (Optional<StoredJob.Claim> claim = store.claims().claim("one", criteria);
        claim.isPresent();
        claim = store.claims().claim("one", criteria)) {
      ids.add(claim.get().id());
    }
    return ids;
  }

  @Test
  void jobsOfTwoKeys_areClaimedInTurns() {
    for (int i = 1; i <= 4; i++) {
      add("a" + i, "a", 0, "");
    }
    add("b1", "b", 0, "");
    add("b2", "b", 0, "");
    assertThat(claimed("")).containsExactly("a1", "b1", "a2", "b2", "a3", "a4");
  }

  @Test
  void preferredLoras_doNotBreakTheTurns() {
    add("a1", "a", 0, "ink");
    add("a2", "a", 0, "ink");
    add("a3", "a", 0, "ink");
    add("b1", "b", 0, "night");
    assertThat(claimed("ink")).containsExactly("a1", "b1", "a2", "a3");
  }

  @Test
  void preferredLoras_ofTheFirstJobsOfTwoKeys_count() {
    add("a1", "a", 0, "ink");
    add("b1", "b", 0, "night");
    assertThat(claimed("night")).containsExactly("b1", "a1");
  }

  @Test
  void priority_isBeforeTheTurn() {
    add("a1", "a", 0, "");
    add("a2", "a", 0, "");
    add("b1", "b", 1, "");
    assertThat(claimed("")).containsExactly("b1", "a1", "a2");
  }
}
