package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that jobs survive a server that is killed. */
final class KilledServersIT {
  @Test
  void kill_whileDrawing_noJobIsLost(@TempDir Path folder) throws Exception {
    List<String> ids = new ArrayList<>();
    JsonNode before;
    try (ServingProcess first = ServingProcess.withJobs(folder.toString())) {
      ids.add(first.submit("1", 1, 4));
      before = first.until(ids.get(0), "done");
      for (int seed = 2; seed < 6; seed++) {
        ids.add(first.submit("" + seed, seed, seed == 2 ? 100 : 4));
      }
      first.until(ids.get(1), "running");
    }
    try (ServingProcess second = ServingProcess.withJobs(folder.toString())) {
      assertThat(second.get("/api/jobs/" + ids.get(0)).get("images"))
          .isEqualTo(before.get("images"));
      for (String id : ids) {
        assertThat(second.image(second.until(id, "done"))).startsWith(0x89, 'P', 'N', 'G');
      }
      assertThat(second.submit("5", 5, 4)).isEqualTo(ids.get(4));
      assertThat(second.get("/api/jobs").get("jobs")).hasSameSizeAs(ids);
    }
  }
}
