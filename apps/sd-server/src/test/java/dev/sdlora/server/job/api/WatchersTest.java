package dev.sdlora.server.job.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobProgress;
import dev.sdlora.server.job.JobQueue;
import dev.sdlora.server.job.Work;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WatchersTest {
  private final JobQueue queue = new JobQueue(2, 2, 1, (job, end) -> {});
  private final Job slow = job();
  private final Job quick = job();
  private final Watchers watchers = new Watchers(2, job -> job == quick ? 41.2 : 300);

  private Job job() {
    return queue.submit(new Job.Request("test", new Endless(), Fields.object()), Optional.empty());
  }

  private static final class Endless implements Work {
    @Override
    public String title() {
      return "endless";
    }

    @Override
    public int parts() {
      return 1;
    }

    @Override
    public CompletableFuture<Outcome> start(JobProgress progress) {
      return new CompletableFuture<>();
    }

    @Override
    public void cancel() {
      // Never happens.
    }
  }

  /** Lets two clients watch, and returns the headers that a third receives. */
  private Map<String, String> refused(Optional<Job> first, Optional<Job> second)
      throws InterruptedException {
    AtomicReference<Map<String, String>> headers = new AtomicReference<>(Map.of());
    watchers.send(
        first,
        () ->
            watchers.send(
                second,
                () ->
                    headers.set(
                        catchThrowableOfType(
                                Refusal.class, () -> watchers.send(Optional.of(quick), () -> {}))
                            .headers())));
    return headers.get();
  }

  @Test
  void full_retryAfter_isTheEndOfTheFirstJobThatIsWatched() throws InterruptedException {
    assertThat(refused(Optional.of(slow), Optional.of(quick)))
        .isEqualTo(Map.of("Retry-After", "42"));
    assertThat(refused(Optional.empty(), Optional.of(slow)))
        .isEqualTo(Map.of("Retry-After", "300"));
  }

  @Test
  void full_ofClientsThatWatchAllJobs_retryAfterIsAGuess() throws InterruptedException {
    assertThat(refused(Optional.empty(), Optional.empty())).isEqualTo(Map.of("Retry-After", "5"));
  }
}
