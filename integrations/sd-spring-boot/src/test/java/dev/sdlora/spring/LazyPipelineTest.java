package dev.sdlora.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.StableDiffusionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests when the model is loaded, and requests before, during and after that. */
class LazyPipelineTest {
  private static final PromptSpec SPEC = PromptSpec.builder().prompt("a cat").images(2).build();

  private final NotingPipeline noting = new NotingPipeline();
  private final AtomicInteger builds = new AtomicInteger();
  private final LazyPipeline pipeline =
      new LazyPipeline(
          () -> {
            builds.incrementAndGet();
            return noting;
          },
          2);

  @Test
  void whatNeedsNoModel_loadsNone() {
    assertThat(pipeline.concurrency()).isEqualTo(2);
    assertThat(pipeline.liveTensors()).isZero();
    pipeline.close();
    assertThat(builds).hasValue(0);
    assertThat(pipeline.state()).isEqualTo(LazyPipeline.State.CLOSED);
  }

  @Test
  void generate_byManyThreads_buildsOnce() {
    List<CompletableFuture<GenerationResult>> results =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> pipeline.generate(SPEC)))
            .toList();
    results.forEach(CompletableFuture::join);
    assertThat(builds).hasValue(1);
    assertThat(pipeline.state()).isEqualTo(LazyPipeline.State.READY);
    assertThat(pipeline.counts().images()).isEqualTo(16);
    assertThat(pipeline.counts().unfinished()).isZero();
  }

  @Test
  void load_afterAFailure_triesAgain() {
    AtomicInteger attempts = new AtomicInteger();
    LazyPipeline second =
        new LazyPipeline(
            () -> {
              if (attempts.getAndIncrement() == 0) {
                throw new StableDiffusionException("the disk is not there");
              }
              return noting;
            },
            1);
    assertThatThrownBy(() -> second.generate(SPEC)).hasMessage("the disk is not there");
    assertThat(second.state()).isEqualTo(LazyPipeline.State.FAILED);
    assertThat(second.counts().ended(RequestCounts.Outcome.FAILED)).isEqualTo(1);
    assertThat(second.generate(SPEC).images()).hasSize(2);
    assertThat(second.state()).isEqualTo(LazyPipeline.State.READY);
    assertThat(second.failure()).isNull();
  }

  @Test
  void close_whileItIsBuilt_givesBackWhatComes() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    LazyPipeline slow =
        new LazyPipeline(
            () -> {
              begun.countDown();
              await(go);
              return noting;
            },
            1);
    CompletableFuture<Pipeline> loading = CompletableFuture.supplyAsync(slow::load);
    begun.await();
    slow.close();
    go.countDown();
    assertThatThrownBy(loading::join)
        .hasRootCauseMessage("the pipeline was closed while the model was loading");
    assertThat(noting.closed).hasSize(1);
    assertThatThrownBy(() -> slow.generateAsync(SPEC)).hasMessage("the pipeline is closed");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void generateAsync_cancelled_cancelsTheWork() {
    pipeline.load();
    CompletableFuture<GenerationResult> answer = pipeline.generateAsync(SPEC);
    assertThat(pipeline.counts().unfinished()).isEqualTo(1);
    answer.cancel(false);
    assertThat(noting.futures.get(0)).isCancelled();
    assertThat(pipeline.counts().ended(RequestCounts.Outcome.CANCELLED)).isEqualTo(1);
    assertThat(pipeline.counts().unfinished()).isZero();
  }

  @Test
  void generateAsync_beforeItIsBuilt_endsAsTheWorkDoes() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Pipeline> built = new CompletableFuture<>();
    LazyPipeline slow =
        new LazyPipeline(
            () -> {
              await(go);
              built.complete(noting);
              throw new StableDiffusionException("the model is damaged");
            },
            1);
    CompletableFuture<GenerationResult> answer = slow.generateAsync(SPEC);
    assertThat(answer).isNotDone();
    go.countDown();
    assertThatThrownBy(answer::join).hasRootCauseMessage("the model is damaged");
  }

  @Test
  void endWithin_noTime_cancelsAtOnce() throws InterruptedException {
    pipeline.load();
    pipeline.endWithin(Duration.ZERO);
    noting.closing.await();
    assertThat(noting.closed).containsExactly(Duration.ZERO);
  }

  @Test
  void endWithin_thenClose_waitsForTheRest() {
    pipeline.load();
    pipeline.endWithin(Duration.ofHours(1));
    assertThat(pipeline.generate(SPEC).images()).hasSize(2);
    pipeline.close();
    assertThat(noting.closed).hasSize(1);
    assertThat(noting.closed.get(0)).isBetween(Duration.ofMinutes(30), Duration.ofHours(1));
  }
}
