package dev.sdlora.server.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.testkit.TinyFamilies;
import dev.sdlora.testkit.TinyModels;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pool with pipelines that hold nothing, so that only its own rules are seen. */
class PipelinePoolTest {
  private final Slot one = new Slot(Checkpoint.open(TinyModels.CHECKPOINT));
  private final Slot two = new Slot(Checkpoint.open(TinyFamilies.sd2()));
  private final Slot three = new Slot(Checkpoint.open(TinyFamilies.sdxl()));
  private final List<String> opened = new ArrayList<>();
  private final AtomicBoolean broken = new AtomicBoolean();

  /** Room for any two of the three. */
  private final PipelinePool pool =
      new PipelinePool(this::open, OptionalLong.of(roomForTwo()), () -> 0);

  private long roomForTwo() {
    return 2 * (bytes(one) + bytes(two) + bytes(three)) - 1;
  }

  private static long bytes(Slot slot) {
    return slot.checkpoint.weightBytes();
  }

  private Pipeline open(Checkpoint checkpoint) {
    if (broken.get()) {
      throw new CheckpointException("broken");
    }
    opened.add(checkpoint.name());
    return new NoPipeline(checkpoint);
  }

  private void use(Slot slot) {
    pool.lease(slot, () -> false).close();
  }

  @AfterEach
  void close() {
    pool.close();
    assertThat(pool.loaded()).isEmpty();
  }

  @Test
  void unloadsTheLeastRecentlyUsed() {
    use(one);
    use(two);
    use(one);
    use(three);
    assertThat(pool.loaded()).containsExactlyInAnyOrder(one, three);
    use(two);
    assertThat(pool.loaded()).containsExactlyInAnyOrder(three, two);
    assertThat(opened).hasSize(4);
  }

  @Test
  void waitsForTheRequestsThatUseTheMemory() {
    PipelinePool.Lease first = pool.lease(one, () -> false);
    PipelinePool.Lease second = pool.lease(two, () -> false);
    CompletableFuture<Void> third = CompletableFuture.runAsync(() -> use(three));
    while (pool.leaseNow(two).map(PipelinePoolTest::close).isPresent()) {
      Thread.onSpinWait(); // Until the third one waits, which none overtakes.
    }
    assertThat(third).isNotDone();
    assertThat(pool.loaded()).containsExactlyInAnyOrder(one, two);
    second.close();
    third.join();
    assertThat(pool.loaded()).containsExactlyInAnyOrder(one, three);
    first.close();
  }

  private static boolean close(PipelinePool.Lease lease) {
    lease.close();
    return true;
  }

  @Test
  void loadsOnceForTwoRequests() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    PipelinePool slow =
        new PipelinePool(
            checkpoint -> {
              opened.add(checkpoint.name());
              begun.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return new NoPipeline(checkpoint);
            },
            OptionalLong.empty(),
            () -> Long.MAX_VALUE / 2);
    CompletableFuture<Void> first =
        CompletableFuture.runAsync(() -> slow.lease(one, () -> false).close());
    begun.await();
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(() -> slow.lease(one, () -> false).close());
    go.countDown();
    first.join();
    second.join();
    assertThat(opened).hasSize(1);
    slow.close();
  }

  @Test
  void tellsAFailureToItsRequestAlone() {
    broken.set(true);
    assertThatThrownBy(() -> use(one)).isInstanceOf(CheckpointException.class);
    assertThat(pool.loaded()).isEmpty();
    broken.set(false);
    use(one);
    assertThat(pool.loaded()).containsExactly(one);
  }

  @Test
  void loadsACheckpointThatExceedsTheMemoryAlone() {
    PipelinePool small = new PipelinePool(this::open, OptionalLong.of(1), () -> 0);
    small.lease(one, () -> false).close();
    small.lease(two, () -> false).close();
    assertThat(small.loaded()).containsExactly(two);
    small.close();
  }

  @Test
  void measuresTheMemoryOfTheMachine() {
    PipelinePool full = new PipelinePool(this::open, OptionalLong.empty(), () -> 0);
    full.lease(one, () -> false).close();
    full.lease(two, () -> false).close();
    assertThat(full.loaded()).containsExactly(two);
    full.close();
  }

  @Test
  void endsACancelledRequestThatWaits() {
    PipelinePool small = new PipelinePool(this::open, OptionalLong.of(1), () -> 0);
    PipelinePool.Lease first = small.lease(one, () -> false);
    AtomicBoolean cancelled = new AtomicBoolean();
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(() -> small.lease(two, cancelled::get).close());
    cancelled.set(true);
    while (!second.isDone()) {
      small.wake();
    }
    assertThat(second).isCompletedExceptionally();
    assertThatThrownBy(second::join).hasCauseInstanceOf(GenerationCancelledException.class);
    assertThat(small.loaded()).containsExactly(one);
    first.close();
    small.close();
  }

  @Test
  void refusesRequestsAfterItsEnd() {
    use(one);
    pool.close();
    assertThatThrownBy(() -> use(one))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the pipeline is closed");
  }
}
