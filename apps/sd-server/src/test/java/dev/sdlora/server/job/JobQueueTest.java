package dev.sdlora.server.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.Variation;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.key.Caller;
import dev.sdlora.server.key.Key;
import dev.sdlora.server.key.QuotaException;
import dev.sdlora.server.key.Quotas;
import dev.sdlora.server.key.Sender;
import dev.sdlora.server.key.Usage;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class JobQueueTest {
  /** A request to the pipeline, and the thread that draws it. */
  private record Asked(
      PromptSpec spec, GenerationListener listener, CompletableFuture<GenerationResult> work) {

    void begin(int index) {
      listener.imageStart(index, spec.seed().orElseThrow() + index);
    }

    void finish(int index) {
      listener.imageEnd(
          index,
          new GeneratedImage(
              Image.of(1, 1, new byte[3]), spec.seed().orElseThrow() + index, "made"));
    }

    void done() {
      work.complete(new GenerationResult(List.of()));
    }
  }

  private final List<Asked> asked = new ArrayList<>();

  private final Pipeline pipeline =
      (Pipeline)
          Proxy.newProxyInstance(
              Pipeline.class.getClassLoader(),
              new Class<?>[] {Pipeline.class},
              (proxy, method, arguments) -> {
                Asked next =
                    new Asked(
                        (PromptSpec) arguments[0],
                        (GenerationListener) arguments[1],
                        new CompletableFuture<>());
                asked.add(next);
                return next.work();
              });

  private final List<Job> ended = new ArrayList<>();
  private final JobObserver noting = (job, end) -> ended.add(job);
  private final JobQueue queue = new JobQueue(1, 3, 2, noting);

  private Job submit(int images) {
    PromptSpec spec =
        PromptSpec.builder().seed(10).images(images).variation(Variation.of(50, 0.5)).build();
    return queue.submit(
        new Job.Request("test", new DrawingRun(pipeline, spec, List.of()), Fields.object()),
        Optional.empty());
  }

  /** Work that holds some memory and ends on request. */
  private static final class Holding implements Work {
    final CompletableFuture<Outcome> end = new CompletableFuture<>();
    private final long bytes;

    Holding(int megabytes) {
      this.bytes = (long) megabytes << 20;
    }

    @Override
    public String title() {
      return "holding";
    }

    @Override
    public int parts() {
      return 1;
    }

    @Override
    public CompletableFuture<Outcome> start(JobProgress progress) {
      progress.begun();
      return end;
    }

    @Override
    public void cancel() {}

    @Override
    public long heldBytes() {
      return bytes;
    }
  }

  private static final Key WEB = new Key("web", "0".repeat(64), 5, 0, 1, 0, false);

  private static void as(Key key, Runnable request) {
    Caller.of(key).handle(request::run);
  }

  @Test
  void priority_thenAge_decideWhoIsNext() {
    Job running = submit(1);
    Job first = submit(1);
    List<Job> high = new ArrayList<>();
    as(WEB, () -> high.add(submit(1)));
    assertThat(List.of(queue.place(running), queue.place(high.get(0)), queue.place(first)))
        .containsExactly(1, 2, 3);
    as(
        new Key("print", "1".repeat(64), 1, 0, 0, 0, false),
        () -> assertThat(queue.move(first, 1)).isTrue());
    assertThat(queue.place(first)).isEqualTo(3);
    assertThat(queue.move(first, 2)).isTrue();
    assertThat(queue.place(first)).isEqualTo(2);
  }

  @Test
  void aKeysLimitOfJobs_isOverAfterTheToldTime() {
    AtomicLong clock = new AtomicLong(1);
    JobQueue measured =
        new JobQueue(2, 9, 9, noting, Quotas.inMemory(), () -> clock.get() * 1_000_000_000L);
    List<Holding> works = List.of(new Holding(0), new Holding(0), new Holding(0));
    Consumer<Holding> ask =
        work -> measured.submit(new Job.Request("test", work, Fields.object()), Optional.empty());
    as(
        WEB,
        () -> {
          ask.accept(works.get(0));
          clock.addAndGet(10);
          works.get(0).end.complete(Work.Outcome.NOTHING);
          ask.accept(works.get(1));
          clock.addAndGet(3);
          QuotaException refused =
              catchThrowableOfType(QuotaException.class, () -> ask.accept(works.get(2)));
          assertThat(refused.seconds()).isEqualTo(7);
          clock.addAndGet(7);
          works.get(1).end.complete(Work.Outcome.NOTHING);
          ask.accept(works.get(2));
        });
  }

  @Test
  void cancelledImages_areTakenBack() {
    Usage usage = Usage.inMemory();
    Quotas quotas = new Quotas(() -> usage, System::nanoTime, () -> 0);
    JobQueue counting = new JobQueue(1, 9, 9, noting, quotas, System::nanoTime);
    as(
        WEB,
        () -> {
          Job.Request request =
              new Job.Request(
                  "test",
                  new DrawingRun(
                      pipeline, PromptSpec.builder().images(4).seed(1).build(), List.of()),
                  Fields.object(),
                  0,
                  Instant.EPOCH,
                  Sender.current());
          Job job = counting.submit(request, Optional.empty());
          assertThat(quotas.today("web")).isEqualTo(new Usage.Day(1, 4));
          asked.get(0).begin(0);
          job.cancel();
          asked.get(0).work().completeExceptionally(new CancellationException());
          assertThat(quotas.today("web")).isEqualTo(new Usage.Day(1, 1));
          assertThatThrownBy(() -> counting.submit(request, Optional.of(job.id())))
              .isInstanceOf(IllegalArgumentException.class);
          assertThat(quotas.today("web")).isEqualTo(new Usage.Day(1, 1));
        });
  }

  @Test
  void history_countsAllThatJobsHold() {
    Holding first = new Holding(60);
    Holding second = new Holding(60);
    Job forgotten = submit(first);
    Job kept = submit(second);
    first.end.complete(Work.Outcome.NOTHING);
    assertThat(queue.jobs()).containsExactly(forgotten, kept);
    second.end.complete(Work.Outcome.NOTHING);
    assertThat(queue.jobs()).containsExactly(kept);
  }

  @Test
  void history_countsSettings() {
    ObjectNode settings = Fields.object().put("notes", "x".repeat(26 << 20));
    Holding first = new Holding(0);
    Holding second = new Holding(60);
    queue.submit(new Job.Request("test", first, settings), Optional.empty());
    Job kept = submit(second);
    first.end.complete(Work.Outcome.NOTHING);
    second.end.complete(Work.Outcome.NOTHING);
    assertThat(queue.jobs()).containsExactly(kept);
  }

  @Test
  void unfinishedJobs_thatHoldTooMuch_areRefused_unlessAlone() {
    Job alone = submit(new Holding(300));
    assertThatThrownBy(() -> submit(new Holding(1)))
        .isInstanceOf(JobQueue.FullException.class)
        .hasMessageStartingWith("the queue is full: the 1 waiting and running jobs hold 300 MB;");
    assertThat(queue.jobs()).containsExactly(alone);
  }

  @Test
  void drawing_thatHasEnded_holdsNoImages() {
    PromptSpec spec =
        PromptSpec.builder()
            .seed(1)
            .mask("m", RegionMask.of(Image.of(100, 100, new byte[30_000])))
            .build();
    DrawingRun done = new DrawingRun(pipeline, spec, List.of());
    DrawingRun waiting = new DrawingRun(pipeline, spec, List.of());
    submit(done);
    Job job = submit(waiting);
    assertThat(done.heldBytes()).isGreaterThanOrEqualTo(30_000);
    job.cancel();
    asked.get(0).done();
    assertThat(done.heldBytes()).isZero();
    assertThat(waiting.heldBytes()).isZero();
    assertThat(done.parts()).isEqualTo(1);
  }

  @Test
  void fullQueue_saysWhenTheJobThatDrawsWillBeDone() {
    Job first = submit(1);
    submit(1);
    submit(1);
    GenerationListener listener = asked.get(0).listener();
    listener.generationStart(asked.get(0).spec());
    asked.get(0).begin(0);
    listener.stepEnd(
        new GenerationListener.Step(0, 1, 100_000_000, 1), () -> Image.of(1, 1, new byte[3]));
    double before = first.snapshot().secondsLeft();
    JobQueue.FullException full =
        catchThrowableOfType(JobQueue.FullException.class, () -> submit(1));
    double after = first.snapshot().secondsLeft();
    assertThat(before).isGreaterThan(1);
    assertThat((double) full.retryAfter())
        .isBetween(Math.min(600, before), Math.min(600, Math.ceil(after)));
  }

  private static JobState state(Job job) {
    return job.snapshot().state();
  }

  @Test
  void skip_secondOfThree_asksForTheThirdWithItsSeeds() {
    Job job = submit(3);
    asked.get(0).listener().generationStart(asked.get(0).spec());
    asked.get(0).begin(0);
    asked.get(0).finish(0);
    asked.get(0).begin(1);
    job.skip();
    asked.get(0).finish(1); // The image was nearly finished, but is no longer wanted.
    asked.get(0).begin(2);
    PromptSpec rest = asked.get(1).spec();
    asked.get(1).begin(0);
    asked.get(1).finish(0);
    asked.get(1).done();
    assertThat(rest.images()).isEqualTo(1);
    assertThat(rest.seed()).hasValue(12);
    assertThat(rest.variation().seed()).hasValue(52);
    assertThat(job.finished()).extracting(GeneratedImage::seed).containsExactly(10L, 12L);
    assertThat(state(job)).isEqualTo(JobState.DONE);
    assertThat(ended).containsExactly(job);
  }

  @Test
  void skip_theLast_ends() {
    Job job = submit(1);
    asked.get(0).listener().generationStart(asked.get(0).spec());
    asked.get(0).begin(0);
    job.skip();
    assertThat(state(job)).isEqualTo(JobState.DONE);
    assertThat(job.finished()).isEmpty();
    assertThat(asked).hasSize(1);
  }

  @Test
  void cancel_keepsWhatIsFinished_andHearsNothingMore() {
    Job job = submit(2);
    asked.get(0).listener().generationStart(asked.get(0).spec());
    asked.get(0).begin(0);
    asked.get(0).finish(0);
    job.cancel();
    long version = job.snapshot().version();
    asked.get(0).begin(1);
    asked.get(0).finish(1);
    assertThat(state(job)).isEqualTo(JobState.CANCELLED);
    assertThat(job.finished()).hasSize(1);
    assertThat(job.snapshot().version()).isEqualTo(version);
  }

  @Test
  void failure_isTold() {
    Job job = submit(1);
    asked.get(0).work().completeExceptionally(new IllegalStateException("broken"));
    assertThat(state(job)).isEqualTo(JobState.FAILED);
    assertThat(job.failure().orElseThrow()).hasMessage("broken");
  }

  @Test
  void places_countThoseThatWait() {
    Job first = submit(1);
    Job second = submit(1);
    Job third = submit(1);
    asked.get(0).listener().generationStart(asked.get(0).spec());
    assertThat(List.of(queue.place(first), queue.place(second), queue.place(third)))
        .containsExactly(0, 1, 2);
    second.cancel();
    assertThat(queue.place(third)).isEqualTo(1);
    assertThat(queue.running()).hasValue(first);
  }

  @Test
  void pipeline_isAskedForOneAtATime_inOrder() {
    Job first = submit(1);
    Job second = submit(1);
    Job third = submit(1);
    assertThat(asked).hasSize(1);
    asked.get(0).done();
    assertThat(asked).hasSize(2);
    second.cancel();
    assertThat(asked).hasSize(3);
    assertThat(List.of(state(first), state(second), state(third)))
        .containsExactly(JobState.DONE, JobState.CANCELLED, JobState.WAITING);
  }

  @Test
  void move_decidesWhoIsNext() {
    Job first = submit(1);
    Job second = submit(2);
    Job third = submit(3);
    queue.move(third, 2); // The first has been passed to the pipeline and keeps its place.
    assertThat(List.of(queue.place(first), queue.place(second), queue.place(third)))
        .containsExactly(1, 3, 2);
    queue.move(second, -7);
    queue.move(third, 99);
    queue.move(first, 3);
    assertThat(List.of(queue.place(first), queue.place(second), queue.place(third)))
        .containsExactly(1, 2, 3);
    queue.move(third, 2);
    asked.get(0).done();
    assertThat(asked.get(1).spec().images()).isEqualTo(3);
    assertThat(queue.jobs()).containsExactly(first, second, third);
  }

  /** Work in a lane of its own. */
  private static final class Training implements Work {
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private Optional<JobProgress> progress = Optional.empty();

    @Override
    public String title() {
      return "my-lora";
    }

    @Override
    public int parts() {
      return 1;
    }

    @Override
    public Lane lane() {
      return Lane.TRAINING;
    }

    @Override
    public CompletableFuture<Outcome> start(JobProgress told) {
      progress = Optional.of(told);
      return outcome;
    }

    @Override
    public void cancel() {
      outcome.cancel(true);
    }
  }

  private Job submit(Work work) {
    return queue.submit(new Job.Request("training", work, Fields.object()), Optional.empty());
  }

  @Test
  void trainings_runBesidePictures_oneAtATime() {
    submit(1);
    Training one = new Training();
    Training two = new Training();
    Job first = submit(one);
    Job second = submit(two);
    one.progress.orElseThrow().begun();
    one.progress.orElseThrow().step(3, 4, Optional.empty());
    assertThat(first.snapshot().fraction()).isEqualTo(0.75);
    assertThat(two.progress).isEmpty();
    assertThat(queue.place(second)).isEqualTo(1);
    one.outcome.complete(new Work.Outcome(List.of("few pictures"), List.of()));
    assertThat(first.warnings()).containsExactly("few pictures");
    assertThat(two.progress).isPresent();
    second.cancel();
    assertThat(state(second)).isEqualTo(JobState.CANCELLED);
    assertThat(asked).hasSize(1);
  }

  @Test
  void observer_seesTheEnd_beforeClients() {
    List<JobState> shown = new ArrayList<>();
    List<JobState> ends = new ArrayList<>();
    JobQueue watched =
        new JobQueue(
            1,
            3,
            2,
            (job, end) -> {
              shown.add(job.snapshot().state());
              ends.add(end);
            });
    Training work = new Training();
    Job job = watched.submit(new Job.Request("training", work, Fields.object()), Optional.empty());
    work.outcome.complete(Work.Outcome.NOTHING);
    assertThat(shown).isNotEmpty().doesNotContain(JobState.DONE);
    assertThat(ends).containsExactly(JobState.DONE);
    assertThat(state(job)).isEqualTo(JobState.DONE);
  }

  @Test
  void observer_thatThrows_isAWarning() {
    JobQueue careless =
        new JobQueue(
            1,
            3,
            2,
            new JobObserver() {
              @Override
              public List<String> workEnded(Job job) {
                throw new IllegalStateException("no disk");
              }

              @Override
              public void ended(Job job, JobState end) {}
            });
    Training work = new Training();
    Job job = careless.submit(new Job.Request("training", work, Fields.object()), Optional.empty());
    work.outcome.complete(Work.Outcome.NOTHING);
    assertThat(state(job)).isEqualTo(JobState.DONE);
    assertThat(job.warnings().get(0)).contains("no disk");
  }

  @Test
  void start_thatThrows_failsTheJobAlone() {
    submit(1);
    Job broken =
        queue.submit(
            new Job.Request(
                "test",
                new DrawingRun(closedPipeline(), PromptSpec.builder().seed(1).build(), List.of()),
                Fields.object()),
            Optional.empty());
    submit(1);
    asked.get(0).done();
    assertThat(broken.failure().orElseThrow()).hasMessage("the pipeline is closed");
    assertThat(asked).hasSize(2);
  }

  private static Pipeline closedPipeline() {
    return (Pipeline)
        Proxy.newProxyInstance(
            Pipeline.class.getClassLoader(),
            new Class<?>[] {Pipeline.class},
            (proxy, method, arguments) -> {
              throw new IllegalStateException("the pipeline is closed");
            });
  }

  @Test
  void awaitChange_seesEveryChange() throws InterruptedException {
    long seen = queue.awaitChange(-1, 0);
    Job job = submit(1);
    long submitted = queue.awaitChange(seen, 0);
    asked.get(0).listener().generationStart(asked.get(0).spec());
    long begun = queue.awaitChange(submitted, 0);
    job.cancel();
    assertThat(List.of(submitted, begun, queue.awaitChange(begun, 0)))
        .doesNotHaveDuplicates()
        .doesNotContain(seen);
  }

  @Test
  void fourth_ofThree_isRefused_untilOneEnds() {
    List<Job> jobs = List.of(submit(1), submit(1), submit(1));
    assertThatThrownBy(() -> submit(1)).isInstanceOf(JobQueue.FullException.class);
    jobs.get(1).cancel();
    assertThat(state(submit(1))).isEqualTo(JobState.WAITING);
  }

  @Test
  void history_keepsTheNewest() {
    for (int i = 0; i < 4; i++) {
      submit(1);
      asked.get(i).done();
    }
    assertThat(queue.jobs()).containsExactlyElementsOf(ended.subList(2, 4));
  }

  @Test
  void close_withoutPatience_cancelsAndRefuses() {
    Job job = submit(1);
    queue.close(Duration.ZERO);
    assertThat(state(job)).isEqualTo(JobState.CANCELLED);
    assertThatThrownBy(() -> submit(1)).isInstanceOf(JobQueue.ClosedException.class);
  }
}
