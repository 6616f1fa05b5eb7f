package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GenerationEvent.ImageDone;
import dev.sdlora.api.GenerationEvent.Milestone;
import dev.sdlora.api.GenerationEvent.ResultReady;
import dev.sdlora.api.GenerationEvent.StepDone;
import dev.sdlora.api.error.ImageFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests the rules of Reactive Streams, modelled on its TCK, and the behaviour specific to this
 * library.
 */
@Timeout(600)
class GenerationStreamTest {
  private static final PromptSpec SPEC = PromptSpec.builder().prompt("a cat").build();
  private static final Object COMPLETE = "complete";

  private final ScriptedPipeline pipeline = new ScriptedPipeline();
  private final Recorder recorder = new Recorder();

  /** Records signals, and fails on signals that arrive at the same time. */
  private static final class Recorder implements Flow.Subscriber<GenerationEvent> {
    final BlockingQueue<Object> signals = new LinkedBlockingQueue<>();
    final AtomicInteger inside = new AtomicInteger();
    Flow.@Nullable Subscription subscription;
    Consumer<GenerationEvent> onNext = event -> {};
    long first;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      if (first != 0) {
        given.request(first);
      }
    }

    @Override
    public void onNext(GenerationEvent event) {
      boolean alone = inside.incrementAndGet() == 1;
      signals.add(alone ? event : "two signals at once");
      try {
        onNext.accept(event);
      } finally {
        inside.decrementAndGet();
      }
    }

    @Override
    public void onError(Throwable failure) {
      signals.add(failure);
    }

    @Override
    public void onComplete() {
      signals.add(COMPLETE);
    }

    void request(long events) {
      Objects.requireNonNull(subscription).request(events);
    }

    void cancel() {
      Objects.requireNonNull(subscription).cancel();
    }

    Object next() throws InterruptedException {
      Object signal = signals.poll(10, TimeUnit.MINUTES);
      assertThat(signal).as("a signal").isNotNull();
      return signal;
    }

    List<Object> next(int count) throws InterruptedException {
      List<Object> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(next());
      }
      return all;
    }
  }

  private ScriptedPipeline.Request request() {
    return pipeline.requests.get(0);
  }

  private void subscribe(long first) {
    recorder.first = first;
    pipeline.stream(SPEC).subscribe(recorder);
  }

  private static StepDone step(int number, boolean preview) {
    return new StepDone(
        0,
        number,
        4,
        1.0 / number,
        preview ? Optional.of(ScriptedPipeline.IMAGE.image()) : Optional.empty());
  }

  @Test
  void progress_ofAStep_isTheShareOfTheStepsDone() {
    assertThat(step(1, false).progress()).isEqualTo(0.25);
    assertThat(step(4, false).progress()).isEqualTo(1);
  }

  @Test
  void stream_everythingRequested_tellsEverythingInOrder() throws InterruptedException {
    subscribe(Long.MAX_VALUE);
    request().begin();
    request().step(1);
    request().step(2);
    request().image(0);
    request().end();

    GenerationResult result = request().future().join();
    assertThat(recorder.next(9))
        .containsExactly(
            Milestone.QUEUED,
            Milestone.STARTED,
            Milestone.LORAS_APPLIED,
            Milestone.PROMPTS_ENCODED,
            step(1, true),
            step(2, true),
            new ImageDone(0, ScriptedPipeline.IMAGE),
            new ResultReady(result),
            COMPLETE);
  }

  @Test
  void stream_nothingRequested_beginsNothing() {
    subscribe(0);
    assertThat(pipeline.requests).isEmpty();
    recorder.cancel();
    recorder.request(1);
    assertThat(pipeline.requests).isEmpty();
    assertThat(recorder.signals).isEmpty();
  }

  @Test
  void stream_slowSubscriber_missesStepsButTheLatest_andNoPicture() throws InterruptedException {
    subscribe(4);
    request().begin();
    recorder.next(4);
    request().step(1);
    request().step(2);
    request().step(3);
    request().image(0);
    request().step(4);
    request().image(1);
    request().end();
    assertThat(recorder.signals).isEmpty();

    recorder.request(1);
    assertThat(recorder.next()).isEqualTo(step(3, false));
    recorder.request(Long.MAX_VALUE);
    assertThat(recorder.next(5))
        .containsExactly(
            new ImageDone(0, ScriptedPipeline.IMAGE),
            step(4, false),
            new ImageDone(1, ScriptedPipeline.IMAGE),
            new ResultReady(request().future().join()),
            COMPLETE);
  }

  @Test
  void stream_requestedOneByOne_comesOneByOne() throws InterruptedException {
    recorder.onNext = event -> recorder.request(1);
    subscribe(1);
    request().begin();
    request().step(1);
    request().image(0);
    request().end();
    List<Object> signals = new ArrayList<>();
    do {
      signals.add(recorder.next());
    } while (!signals.contains(COMPLETE));
    assertThat(signals)
        .contains(new ImageDone(0, ScriptedPipeline.IMAGE))
        .doesNotContain("two signals at once");
  }

  @Test
  void cancel_inTheMiddle_cancelsTheRequest_andNothingFollows() throws InterruptedException {
    subscribe(Long.MAX_VALUE);
    request().begin();
    recorder.next(4);
    recorder.cancel();
    recorder.cancel();
    assertThat(request().future()).isCancelled();
    request().step(1);
    request().image(0);
    assertThat(recorder.signals).isEmpty();
  }

  @Test
  void cancel_fromOnNext_isTheLastSignal() throws InterruptedException {
    recorder.onNext = event -> recorder.cancel();
    subscribe(Long.MAX_VALUE);
    assertThat(recorder.next()).isEqualTo(Milestone.QUEUED);
    assertThatThrownBy(() -> request().future().get(10, TimeUnit.MINUTES))
        .isInstanceOf(CancellationException.class);
    request().begin();
    assertThat(recorder.signals).isEmpty();
  }

  @Test
  void request_notPositive_isAnErrorOfTheStream() throws InterruptedException {
    for (long wrong : new long[] {0, -1, Long.MIN_VALUE}) {
      Recorder told = new Recorder();
      pipeline.stream(SPEC).subscribe(told);
      told.request(wrong);
      assertThat(told.next())
          .isInstanceOfSatisfying(
              IllegalArgumentException.class, e -> assertThat(e).hasMessageContaining("" + wrong));
    }
    assertThat(pipeline.requests).isEmpty();

    subscribe(1);
    recorder.next();
    recorder.request(0);
    assertThat(recorder.next()).isInstanceOf(IllegalArgumentException.class);
    assertThat(request().future()).isCancelled();
    recorder.request(1);
    assertThat(recorder.signals).isEmpty();
  }

  @Test
  void request_moreThanALongHolds_isAll() throws InterruptedException {
    subscribe(Long.MAX_VALUE - 1);
    recorder.request(Long.MAX_VALUE - 1);
    request().begin();
    assertThat(recorder.next(4)).last().isEqualTo(Milestone.PROMPTS_ENCODED);
  }

  @Test
  void failure_withoutDemand_comesAtOnce_butBehindPictures() throws InterruptedException {
    subscribe(1);
    recorder.next();
    request().begin();
    request().step(1);
    ImageFileException failure = new ImageFileException("no");
    request().future().completeExceptionally(failure);
    assertThat(recorder.next()).isSameAs(failure);

    Recorder other = new Recorder();
    other.first = 1;
    pipeline.stream(SPEC).subscribe(other);
    other.next();
    pipeline.requests.get(1).image(0);
    pipeline.requests.get(1).future().completeExceptionally(failure);
    assertThat(other.signals).isEmpty();
    other.request(1);
    assertThat(other.next(2)).containsExactly(new ImageDone(0, ScriptedPipeline.IMAGE), failure);
  }

  @Test
  void subscribe_pipelineClosed_isAnErrorOfTheStream() throws InterruptedException {
    pipeline.close();
    subscribe(1);
    List<Object> signals = recorder.next(1);
    assertThat(signals.get(0)).isInstanceOf(IllegalStateException.class);
    assertThat(recorder.signals).isEmpty();
  }

  @Test
  void subscribe_twice_isTwoRequests() throws InterruptedException {
    Flow.Publisher<GenerationEvent> stream = pipeline.stream(SPEC);
    Recorder other = new Recorder();
    recorder.first = 1;
    other.first = 1;
    stream.subscribe(recorder);
    stream.subscribe(other);
    assertThat(pipeline.requests).hasSize(2);
    recorder.cancel();
    assertThat(pipeline.requests.get(0).future()).isCancelled();
    assertThat(pipeline.requests.get(1).future()).isNotDone();
    assertThat(other.next()).isEqualTo(Milestone.QUEUED);
  }

  @Test
  void subscribe_null_isRefusedByName() {
    assertThatThrownBy(() -> pipeline.stream(SPEC).subscribe(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("subscriber");
  }

  @Test
  void onNext_throws_cancelsTheRequest_andNothingFollows() throws InterruptedException {
    BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
    recorder.onNext =
        event -> {
          Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
          throw new IllegalStateException("mine");
        };
    subscribe(Long.MAX_VALUE);
    recorder.next();
    assertThat(uncaught.poll(10, TimeUnit.MINUTES)).hasMessage("mine");
    assertThat(request().future()).isCancelled();
    request().begin();
    assertThat(recorder.signals).isEmpty();
  }

  @Test
  void onNext_blocks_letsTheWorkGoOn() throws InterruptedException {
    BlockingQueue<String> go = new LinkedBlockingQueue<>();
    recorder.onNext =
        event -> {
          try {
            go.poll(10, TimeUnit.MINUTES);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    subscribe(Long.MAX_VALUE);
    request().begin();
    request().image(0);
    request().end();
    for (int i = 0; i < 6; i++) {
      go.add("go");
    }
    assertThat(recorder.next(7)).last().isEqualTo(COMPLETE);
  }
}
