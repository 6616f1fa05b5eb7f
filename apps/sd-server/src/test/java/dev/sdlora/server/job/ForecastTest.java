package dev.sdlora.server.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sdlora.request.json.Fields;
import dev.sdlora.server.key.Quotas;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When a full queue of jobs that other servers draw says that it has a place. */
class ForecastTest {
  private static final int MOST = 6;

  private final AtomicLong clock = new AtomicLong(1);
  private final JobQueue queue =
      new JobQueue(
          1, MOST, 9, (job, end) -> {}, Quotas.inMemory(), () -> clock.get() * 1_000_000_000L);
  private final List<Drawn> works = new ArrayList<>();

  /** Work that another server does. */
  private static final class Drawn implements Work {
    final CompletableFuture<Outcome> end = new CompletableFuture<>();
    Optional<JobProgress> progress = Optional.empty();

    @Override
    public String title() {
      return "drawn";
    }

    @Override
    public int parts() {
      return 1;
    }

    @Override
    public Lane lane() {
      return Lane.SHARED;
    }

    @Override
    public CompletableFuture<Outcome> start(JobProgress told) {
      progress = Optional.of(told);
      return end;
    }

    @Override
    public void cancel() {}
  }

  private Job submit() {
    Drawn work = new Drawn();
    Job job = queue.submit(new Job.Request("test", work, Fields.object()), Optional.empty());
    job.place(works.size());
    works.add(work);
    return job;
  }

  private void begin(int number) {
    works.get(number).progress.orElseThrow().begun();
  }

  private List<Job> fill() {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      jobs.add(submit());
    }
    return jobs;
  }

  private JobQueue.FullException refused() {
    return catchThrowableOfType(JobQueue.FullException.class, this::submit);
  }

  @Test
  void noServerDraws_theWaitIsThatForAWorker() {
    queue.drawnAtOnce(0);
    queue.expect(2);
    fill();
    assertThat(refused().retryAfter()).isEqualTo(60);
    assertThat(refused())
        .hasMessage(
            "the queue is full: 6 jobs are waiting or running and no worker is ready; try again"
                + " in 60 s");
  }

  @Test
  void noJobHasBegun_theWaitIsTheDurationOfEarlierJobs() {
    queue.expect(40);
    fill();
    assertThat(refused().retryAfter()).isEqualTo(40);
  }

  @Test
  void runningJobs_theWaitIsTheirRest_andAsLongAgainBeyondThat() {
    fill();
    begin(0);
    clock.addAndGet(30);
    works.get(0).end.complete(Work.Outcome.NOTHING);
    queue.expect(2);
    submit();
    begin(1);
    clock.addAndGet(10);
    assertThat(refused().retryAfter()).isEqualTo(20);
    clock.addAndGet(60);
    assertThat(refused().retryAfter()).isEqualTo(70);
  }

  @Test
  void runningJobWithSteps_isTheMeasure_evenOfThoseBehindIt() {
    List<Job> jobs = fill();
    begin(0);
    JobProgress progress = works.get(0).progress.orElseThrow();
    progress.partBegun();
    clock.addAndGet(50);
    progress.step(1, 4, Optional.empty());
    assertThat(refused().retryAfter()).isEqualTo(150);
    assertThat(queue.secondsLeft(jobs.get(2))).isEqualTo(150 + 2 * 200);
  }

  @Test
  void waitingJob_waitsForThoseInFront_whichSeveralServersDraw() {
    queue.drawnAtOnce(2);
    queue.expect(10);
    List<Job> jobs = fill();
    begin(0);
    begin(1);
    clock.addAndGet(4);
    assertThat(jobs.stream().map(queue::secondsLeft))
        .containsExactly(6.0, 6.0, 6.0 + 10, 6.0 + 10, 6.0 + 20, 6.0 + 20);
  }
}
