package dev.sdlora.pipeline.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests how requests are stopped, and the effect on others. */
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
class StoppingTest {
  private static final PromptSpec SPEC = TinyPipeline.SPEC.toBuilder().steps(2).build();
  private static final PromptSpec ENDLESS = SPEC.toBuilder().steps(1000).build();

  private Pipeline pipeline;
  private int arrays;

  @BeforeEach
  void open() {
    pipeline = builder().maxQueued(2).build();
    arrays = pipeline.liveTensors();
  }

  private static Pipeline.Builder builder() {
    return Fixtures.float32()
        .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
        .loraDirectory(Fixtures.LORAS);
  }

  @AfterEach
  void close() {
    pipeline.closeNow();
  }

  /** Signals that a stage is reached, and holds the request there until it is released. */
  private static class Held implements GenerationListener {
    private final Stage stage;
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);
    final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    Held(Stage stage) {
      this.stage = stage;
    }

    void at(Stage now) {
      if (now == stage) {
        reached.countDown();
        await(released);
      }
    }

    @Override
    public void lorasStart() {
      at(Stage.LORAS);
    }

    @Override
    public void conditioningStart() {
      at(Stage.CONDITIONING);
    }

    @Override
    public void stepStart(Step step) {
      at(Stage.STEP);
    }

    @Override
    public void decodeStart(int index) {
      at(Stage.DECODE);
    }

    @Override
    public void generationFailed(Throwable cause) {
      failure.complete(cause);
    }
  }

  private enum Stage {
    LORAS,
    CONDITIONING,
    STEP,
    DECODE
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private byte[] rgb(PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  private static Stream<Arguments> waysToComplete() {
    return Stream.of(
        way("cancel", future -> future.cancel(true)),
        way("complete", future -> future.complete(null)));
  }

  private static Stream<Arguments> otherWaysToComplete() {
    return Stream.of(
        way("orTimeout", future -> future.orTimeout(1, TimeUnit.MILLISECONDS)),
        way("completeOnTimeout", f -> f.completeOnTimeout(null, 1, TimeUnit.MILLISECONDS)),
        way("completeExceptionally", f -> f.completeExceptionally(new TimeoutException())),
        way("completeAsync", future -> future.completeAsync(() -> null)),
        way("obtrudeValue", future -> future.obtrudeValue(null)));
  }

  private static Arguments way(String name, Consumer<CompletableFuture<GenerationResult>> way) {
    return Arguments.of(name, way);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waysToComplete")
  void future_completedFromOutside_stopsTheWork(
      String name, Consumer<CompletableFuture<GenerationResult>> complete) {
    Held held = new Held(Stage.STEP);
    CompletableFuture<GenerationResult> future = pipeline.generateAsync(ENDLESS, held);
    await(held.reached);
    complete.accept(future);
    assertThat(future.handle((result, failure) -> true).join()).isTrue();
    held.released.countDown();
    assertThat(held.failure.join()).isInstanceOf(GenerationCancelledException.class);
    assertThat(pipeline.generate(SPEC).images()).hasSize(1);
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
  }

  @Tag("slow")
  @ParameterizedTest(name = "{0}")
  @MethodSource("otherWaysToComplete")
  void future_completedInOtherWays_stopsTheWork(
      String name, Consumer<CompletableFuture<GenerationResult>> complete) {
    future_completedFromOutside_stopsTheWork(name, complete);
  }

  @ParameterizedTest
  @EnumSource(names = {"LORAS", "STEP"})
  void future_cancelledInAStage_leavesThePipelineAsItWas(Stage stage) {
    byte[] plain = rgb(SPEC);
    Held held = new Held(stage);
    PromptSpec spec = SPEC.toBuilder().prompt("a cat <lora:tiny_lora:0.8>").build();
    CompletableFuture<GenerationResult> future = pipeline.generateAsync(spec, held);
    await(held.reached);
    future.cancel(true);
    held.released.countDown();
    assertThat(held.failure.join()).isInstanceOf(GenerationCancelledException.class);
    assertThat(rgb(SPEC)).isEqualTo(plain);
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(names = {"CONDITIONING", "DECODE"})
  void future_cancelledInOtherStages_leavesThePipelineAsItWas(Stage stage) {
    future_cancelledInAStage_leavesThePipelineAsItWas(stage);
  }

  @Test
  void future_cancelledWhileQueued_givesBackPlaceAndMemoryAtOnce() {
    Held held = new Held(Stage.LORAS);
    CompletableFuture<GenerationResult> first = pipeline.generateAsync(SPEC, held);
    await(held.reached);
    List<WeakReference<GenerationListener>> listeners = new ArrayList<>();
    List<CompletableFuture<GenerationResult>> queued = new ArrayList<>();
    // More requests than the queue holds.
    for (int i = 0; i < 5; i++) {
      GenerationListener listener = new Held(Stage.STEP);
      listeners.add(new WeakReference<>(listener));
      queued.add(pipeline.generateAsync(SPEC, listener));
      queued.get(i).cancel(true);
    }
    assertThat(queued).allMatch(CompletableFuture::isCancelled);
    for (WeakReference<GenerationListener> listener : listeners) {
      while (listener.get() != null) {
        System.gc();
      }
    }
    held.released.countDown();
    assertThat(first.join().images()).hasSize(1);
  }

  @Test
  void generateAsync_moreThanMayWait_isRefusedWithTheNumber() {
    Held held = new Held(Stage.LORAS);
    CompletableFuture<GenerationResult> first = pipeline.generateAsync(SPEC, held);
    await(held.reached);
    CompletableFuture<GenerationResult> second = pipeline.generateAsync(SPEC);
    CompletableFuture<GenerationResult> third = pipeline.generateAsync(SPEC);
    assertThatThrownBy(() -> pipeline.generate(SPEC))
        .isInstanceOfSatisfying(
            ResourceException.class,
            e -> assertThat(e.resource()).isEqualTo(ResourceException.Resource.QUEUE))
        .hasMessageContaining("2 requests are waiting");
    held.released.countDown();
    CompletableFuture.allOf(first, second, third).join();
    assertThat(pipeline.generate(SPEC).images()).hasSize(1);
  }

  @Test
  void generateAsync_noneMayWait_oneAfterAnotherWorks() {
    try (Pipeline narrow = builder().maxQueued(0).build()) {
      for (int i = 0; i < 3; i++) {
        assertThat(narrow.generate(SPEC).images()).hasSize(1);
      }
    }
  }

  @Test
  void future_dependents_mayCallThePipelineAndWaitForIt() {
    CompletableFuture<GenerationResult> composed =
        pipeline
            .generateAsync(SPEC)
            .thenCompose(result -> pipeline.generateAsync(SPEC))
            .thenApply(result -> pipeline.generate(SPEC));
    assertThat(composed.join().images()).hasSize(1);
    // Dependent actions attached before the end wait inside for other requests.
    Held held = new Held(Stage.LORAS);
    CompletableFuture<GenerationResult> first = pipeline.generateAsync(SPEC, held);
    CompletableFuture<GenerationResult> inside =
        first.thenApply(
            result -> pipeline.generateAsync(SPEC).thenApply(r -> pipeline.generate(SPEC)).join());
    held.released.countDown();
    assertThat(inside.join().images()).hasSize(1);
    pipeline.generateAsync(SPEC).thenRun(pipeline::close).join();
    assertThatThrownBy(() -> pipeline.generate(SPEC)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void close_withRequests_waitsForTheOneUnderWayAndRefusesTheOthers() {
    Held held = new Held(Stage.STEP);
    CompletableFuture<GenerationResult> first = pipeline.generateAsync(SPEC, held);
    await(held.reached);
    CompletableFuture<GenerationResult> second = pipeline.generateAsync(SPEC);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(pipeline::close);
    assertThatThrownBy(second::join)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(closing).isNotDone();
    held.released.countDown();
    closing.join();
    assertThat(first.join().images()).hasSize(1);
    assertThatThrownBy(() -> pipeline.generateAsync(SPEC))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource
  void closeNow_inAnyStage_cancelsAndInterruptsAListenerThatWaits(Stage stage) {
    Held held = new Held(stage);
    CompletableFuture<GenerationResult> first = pipeline.generateAsync(SPEC, held);
    CompletableFuture<GenerationResult> second = pipeline.generateAsync(SPEC);
    await(held.reached);
    pipeline.closeNow();
    assertThatThrownBy(first::join).hasRootCauseInstanceOf(InterruptedException.class);
    assertThatThrownBy(second::join).hasCauseInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pipeline.generate(SPEC)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closeNow_whileCloseWaits_endsBoth() {
    CountDownLatch inStep = new CountDownLatch(1);
    CompletableFuture<GenerationResult> first =
        pipeline.generateAsync(
            ENDLESS,
            new GenerationListener() {
              @Override
              public void stepStart(Step step) {
                inStep.countDown();
              }
            });
    await(inStep);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(pipeline::close);
    pipeline.close(Duration.ofNanos(1));
    closing.join();
    assertThatThrownBy(first::join).hasCauseInstanceOf(GenerationCancelledException.class);
  }

  @Test
  void generate_callingThreadInterrupted_isCancelled() {
    Held held = new Held(Stage.STEP);
    CompletableFuture<Thread> caller = new CompletableFuture<>();
    CompletableFuture<Boolean> stopped =
        CompletableFuture.supplyAsync(
            () -> {
              caller.complete(Thread.currentThread());
              assertThatThrownBy(() -> pipeline.generate(ENDLESS, held))
                  .isInstanceOf(GenerationCancelledException.class)
                  .hasMessageContaining("interrupted");
              return Thread.interrupted();
            });
    await(held.reached);
    caller.join().interrupt();
    assertThat(stopped.join()).as("it is still interrupted").isTrue();
    held.released.countDown();
    assertThat(held.failure.join()).isInstanceOf(GenerationCancelledException.class);
  }

  @Test
  void generate_listenerInterruptsTheWorker_hasNoEffect() {
    byte[] plain = rgb(SPEC);
    GenerationListener interrupting =
        new GenerationListener() {
          @Override
          public void lorasStart() {
            Thread.currentThread().interrupt();
          }
        };
    PromptSpec patched =
        SPEC.toBuilder().prompt("a cat <lora:tiny_lora:0.8>").loraMode(LoraMode.PATCHED).build();
    assertThat(pipeline.generate(patched, interrupting).images()).hasSize(1);
    assertThat(pipeline.generate(SPEC, interrupting).first().rgb()).isEqualTo(plain);
  }

  @Tag("slow")
  @Test
  void generate_eightCallersSomeOfWhomGiveUp_allEndAndTheRestAreRight() {
    try (Pipeline shared = builder().concurrency(2).build()) {
      PromptSpec inked =
          SPEC.toBuilder().prompt("a cat <lora:tiny_lora:0.8>").loraMode(LoraMode.OVERLAY).build();
      List<PromptSpec> specs = List.of(SPEC, inked);
      List<byte[]> expected =
          specs.stream().map(spec -> shared.generate(spec).first().rgb()).toList();
      int before = shared.liveTensors();
      List<Throwable> wrong = new CopyOnWriteArrayList<>();
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < 8; caller++) {
        int number = caller;
        callers.add(
            new Thread(
                () -> {
                  for (int round = 0; round < 4; round++) {
                    PromptSpec spec = specs.get((number + round) % 2);
                    CompletableFuture<GenerationResult> future = shared.generateAsync(spec);
                    // cancel returns false if the image was finished before
                    if ((number + round) % 3 == 0 && future.cancel(true)) {
                      assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
                    } else {
                      assertThat(future.join().first().rgb())
                          .isEqualTo(expected.get((number + round) % 2));
                    }
                  }
                }));
      }
      callers.forEach(caller -> caller.setUncaughtExceptionHandler((t, e) -> wrong.add(e)));
      callers.forEach(Thread::start);
      callers.forEach(StoppingTest::join);
      assertThat(wrong).isEmpty();
      assertThat(shared.generate(SPEC).first().rgb()).isEqualTo(expected.get(0));
      assertThat(shared.liveTensors()).isEqualTo(before);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
