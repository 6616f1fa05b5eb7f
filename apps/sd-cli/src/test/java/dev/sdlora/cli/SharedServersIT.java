package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three servers share jobs in a real PostgreSQL. One server is killed, and then the database; every
 * job ends once, with the image that a single server draws. {@code -Dsd.jobs=1000} sets the number
 * of jobs.
 */
@Tag("slow")
final class SharedServersIT {
  private static final int JOBS = Integer.getInteger("sd.jobs", 30);
  private static final int SEEDS = 5;

  @Test
  void killedServer_andKilledDatabase_everyJobEndsOnce() throws Exception {
    List<byte[]> expected = new ArrayList<>();
    try (ServingProcess single = ServingProcess.withJobs("none")) {
      for (int seed = 0; seed < SEEDS; seed++) {
        expected.add(single.image(single.until(single.submit("" + seed, seed, 20), "done")));
      }
    }
    try (TemporaryPostgres postgres = TemporaryPostgres.open();
        ServingProcess killed = ServingProcess.withJobs(postgres.address());
        ServingProcess second = ServingProcess.withJobs(postgres.address());
        ServingProcess third = ServingProcess.withJobs(postgres.address())) {
      Map<String, Integer> seeds = new LinkedHashMap<>();
      for (int i = 0; i < JOBS; i++) {
        ServingProcess server = List.of(second, third).get(i % 2);
        seeds.put(server.submit("job " + i, i % SEEDS, 20), i % SEEDS);
        if (i == JOBS / 2) {
          killed.process().destroyForcibly().waitFor();
        }
      }
      postgres.crash();
      postgres.start();
      assertThat(third.submitAgain("job 0", 0, 20)).isIn(seeds.keySet());
      for (Map.Entry<String, Integer> job : seeds.entrySet()) {
        JsonNode atSecond = second.until(job.getKey(), "done");
        JsonNode atThird = third.until(job.getKey(), "done");
        assertThat(atSecond.get("images")).hasSize(1).isEqualTo(atThird.get("images"));
        assertThat(second.image(atSecond)).isEqualTo(expected.get(job.getValue()));
        assertThat(third.image(atThird)).isEqualTo(expected.get(job.getValue()));
      }
      assertThat(seeds).hasSize(JOBS);
    }
  }

  /** A front without weights and two workers that get its files; a worker and the front die. */
  @Test
  void killedWorker_andKilledFront_everyJobEndsOnce() throws Exception {
    List<byte[]> expected = new ArrayList<>();
    try (ServingProcess single = ServingProcess.withJobs("none")) {
      for (int seed = 0; seed < SEEDS; seed++) {
        expected.add(single.image(single.until(single.submit("" + seed, seed, 20), "done")));
      }
    }
    Map<String, Integer> seeds = new LinkedHashMap<>();
    try (TemporaryPostgres postgres = TemporaryPostgres.open();
        ServingProcess front = front(postgres.address(), 0);
        ServingProcess killed = worker(postgres.address(), front);
        ServingProcess left = worker(postgres.address(), front)) {
      for (int i = 0; i < JOBS; i++) {
        seeds.put(front.submit("job " + i, i % SEEDS, 20), i % SEEDS);
      }
      killed.process().destroyForcibly().waitFor();
      front.process().destroyForcibly().waitFor();
      assertThat(left.process().isAlive()).isTrue();
      try (ServingProcess again = front(postgres.address(), front.address().getPort())) {
        for (Map.Entry<String, Integer> job : seeds.entrySet()) {
          JsonNode ended = again.until(job.getKey(), "done");
          assertThat(ended.get("images")).hasSize(1);
          assertThat(again.image(ended)).isEqualTo(expected.get(job.getValue()));
        }
      }
    }
    assertThat(seeds).hasSize(JOBS);
  }

  private static ServingProcess front(String jobs, int port) throws IOException {
    return ServingProcess.startAt(
        port, List.of("--role", "front", "--jobs", jobs, "--max-jobs", "150"));
  }

  private static ServingProcess worker(String jobs, ServingProcess front) throws IOException {
    return ServingProcess.start(
        "--role", "worker", "--jobs", jobs, "--front", front.address().toString());
  }
}
