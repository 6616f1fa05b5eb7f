package dev.sdlora.families.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.value.Tally;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Tests which requests get memory and which ones wait for it. */
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
class MemoryBudgetTest {
  private final AtomicLong available = new AtomicLong(3_000_000_000L);
  private final AtomicLong freed = new AtomicLong();
  private final MemoryBudget budget =
      new MemoryBudget(
          OptionalLong.of(1_000_000_000), available::get, () -> {}, () -> 0, 500_000_000, 0);

  private static MemoryNeed need(double nativeBytes, double heapBytes) {
    return new MemoryNeed(nativeBytes, heapBytes);
  }

  /** Returns a budget of the available memory, whose first request is done. */
  private MemoryBudget begun(Runnable reclaim) {
    MemoryBudget open = open(reclaim);
    assertThat(open.<String>within(need(0, 0), "", () -> false, () -> "first")).isEqualTo("first");
    return open;
  }

  private MemoryBudget open(Runnable reclaim) {
    return open(reclaim, 44_000_000);
  }

  private MemoryBudget open(Runnable reclaim, long largestWeight) {
    return new MemoryBudget(
        OptionalLong.empty(), available::get, reclaim, freed::get, 500_000_000, largestWeight);
  }

  private CompletableFuture<String> later(MemoryNeed need, BooleanSupplier cancelled) {
    return later(budget, need, cancelled);
  }

  private static CompletableFuture<String> later(
      MemoryBudget budget, MemoryNeed need, BooleanSupplier cancelled) {
    CompletableFuture<String> done =
        CompletableFuture.supplyAsync(() -> budget.within(need, "", cancelled, () -> "done"));
    while (budget.waiting() == 0 && !done.isDone()) {
      Thread.onSpinWait();
    }
    return done;
  }

  @Test
  void within_moreThanThereCanBe_isRefusedWithBothNumbers() {
    assertThatThrownBy(() -> budget.within(need(9e8, 2e8), "in a test", () -> false, () -> "never"))
        .isInstanceOf(ResourceException.class)
        .hasMessage(
            "about 1.1 GB of memory would be needed in a test, but the pipeline's limit is 1.0 GB");
    assertThatThrownBy(() -> budget.within(need(0, 6e8), "in a test", () -> false, () -> "never"))
        .hasMessageContaining("600 MB of Java's heap")
        .hasMessageContaining("500 MB (-Xmx)");
    assertThat(budget.<String>within(need(9e8, 1e8), "", () -> false, () -> "fits"))
        .isEqualTo("fits");
  }

  @Test
  void within_firstRequest_needsMoreThanLaterOnes() {
    MemoryBudget open = open(() -> {});
    available.set(100_000_000);
    assertThatThrownBy(() -> open.within(need(5e7, 0), "", () -> false, () -> "never"))
        .hasMessageContaining("about 162 MB of memory would be needed");
    available.set(162_000_000);
    assertThat(open.<String>within(need(5e7, 0), "", () -> false, () -> "fits")).isEqualTo("fits");
    available.set(98_000_000);
    assertThat(open.<String>within(need(5e7, 0), "", () -> false, () -> "fits")).isEqualTo("fits");
  }

  /** The bundled model has a largest weight of 1 MB, SD 1.5 one of 59 MB in bfloat16. */
  @Test
  void first_growsWithTheLargestWeight() {
    assertThat(open(() -> {}, 1_000_000).first()).isEqualTo(21e6);
    assertThat(open(() -> {}, 59_000_000).first()).isEqualTo(79e6);
  }

  @Test
  void within_withoutAMost_goesByWhatIsAvailableNow() {
    MemoryBudget open = open(() -> {});
    assertThat(open.<String>within(need(2e9, 0), "", () -> false, () -> "fits")).isEqualTo("fits");
    available.set(1_000_000_000);
    assertThatThrownBy(() -> open.within(need(2e9, 0), "", () -> false, () -> "never"))
        .hasMessageContaining("2.0 GB")
        .hasMessageContaining("the available memory is 1.0 GB");
  }

  @Test
  void within_besideOthers_waitsUntilTheyAreDone() {
    CompletableFuture<String> second =
        budget.within(
            need(6e8, 0),
            "",
            () -> false,
            () -> {
              CompletableFuture<String> waits = later(need(6e8, 0), () -> false);
              assertThat(waits).isNotDone();
              assertThat(later(need(3e8, 0), () -> false)).isNotNull();
              return waits;
            });
    assertThat(second.join()).isEqualTo("done");
  }

  /** The first request holds the 1 GB that it needs, which leaves 2 of 3 GB. */
  @Test
  void within_besideOneThatHoldsItsMemory_countsThatMemoryOnce() {
    MemoryBudget open = begun(() -> {});
    open.<String>within(
        need(1e9, 0),
        "",
        () -> false,
        () -> {
          available.set(2_000_000_000);
          assertThat(later(open, need(1.9e9, 0), () -> false).join()).isEqualTo("done");
          return "";
        });
  }

  @Test
  void within_besideOneThatHoldsNothingYet_countsItsNeed() {
    MemoryBudget open = begun(() -> {});
    CompletableFuture<String> second =
        open.within(
            need(1e9, 0),
            "",
            () -> false,
            () -> {
              CompletableFuture<String> waits = later(open, need(2.1e9, 0), () -> false);
              assertThat(waits).isNotDone();
              return waits;
            });
    assertThat(second.join()).isEqualTo("done");
  }

  @Test
  void within_otherProgramsTookMemoryMeanwhile_waits() {
    MemoryBudget open = begun(() -> {});
    CompletableFuture<String> second =
        open.within(
            need(1e9, 0),
            "",
            () -> false,
            () -> {
              available.set(900_000_000);
              CompletableFuture<String> waits = later(open, need(1e9, 0), () -> false);
              assertThat(waits).isNotDone();
              available.set(2_000_000_000);
              return waits;
            });
    assertThat(second.join()).isEqualTo("done");
  }

  @Test
  void within_fitsInWhatTheProcessFreed_reclaimsIt() {
    MemoryBudget open = begun(() -> available.set(1_000_000_000));
    available.set(400_000_000);
    assertThat(open.<String>within(need(5e8, 0), "", () -> false, () -> "fits")).isEqualTo("fits");
    available.set(400_000_000);
    assertThatThrownBy(() -> open.within(need(1.1e9, 0), "", () -> false, () -> "never"))
        .hasMessageContaining("the available memory is 1.0 GB");
  }

  /** 400 of 500 MB are in blocks that use freed memory again; 300 MB were freed. */
  @Test
  void within_memoryFreedByEarlierRequests_isCountedAsThere() {
    MemoryBudget open =
        begun(
            () -> {
              throw new AssertionError("reclaimed");
            });
    MemoryNeed need = new MemoryNeed(5e8, 0, 4e8);
    freed.set(300_000_000);
    available.set(250_000_000);
    long before = Tally.RESERVED_BYTES.number();
    assertThat(
            open.<Long>within(need, "", () -> false, () -> Tally.RESERVED_BYTES.number() - before))
        .isEqualTo(200_000_000);
    assertThat(Tally.RESERVED_BYTES.number()).isEqualTo(before);
  }

  /** Blocks of 32 MB and more are always mapped anew. */
  @Test
  void within_moreFreedThanBlocksUseAgain_countsOnlyThose() {
    MemoryBudget open = begun(() -> freed.set(0));
    freed.set(300_000_000);
    available.set(250_000_000);
    MemoryNeed need = new MemoryNeed(3e8, 0, 5e7);
    assertThatThrownBy(() -> open.within(need, "", () -> false, () -> "never"))
        .hasMessageContaining("about 348 MB of memory would be needed");
  }

  /** The first request has the 300 MB that were freed. */
  @Test
  void within_besideOneThatUsesFreedMemory_countsThatMemoryOnce() {
    MemoryBudget open = begun(() -> {});
    freed.set(300_000_000);
    available.set(1_000_000_000);
    MemoryNeed need = new MemoryNeed(5e8, 0, 4e8);
    CompletableFuture<String> second =
        open.within(
            need,
            "",
            () -> false,
            () -> {
              CompletableFuture<String> waits =
                  later(open, new MemoryNeed(8e8, 0, 8e8), () -> false);
              assertThat(waits).isNotDone();
              return waits;
            });
    assertThat(second.join()).isEqualTo("done");
  }

  @Test
  void or_bothInSequence_poolsWhatNeitherMaps() {
    assertThat(new MemoryNeed(5e8, 0, 4e8).or(new MemoryNeed(3e8, 1e8, 0)))
        .isEqualTo(new MemoryNeed(5e8, 1e8, 2e8));
  }

  @Test
  void within_fitsAnyway_reclaimsNothing() {
    MemoryBudget open =
        begun(
            () -> {
              throw new AssertionError("reclaimed");
            });
    assertThat(open.<String>within(need(2.9e9, 0), "", () -> false, () -> "fits"))
        .isEqualTo("fits");
  }

  @Test
  void within_workThatFails_givesItsMemoryBack() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(
              () ->
                  budget.within(
                      need(9e8, 0),
                      "",
                      () -> false,
                      () -> {
                        throw new AssertionError("broken");
                      }))
          .hasMessage("broken");
    }
  }

  @Test
  void within_cancelledWhileWaiting_ends() {
    AtomicBoolean cancelled = new AtomicBoolean();
    CountDownLatch over = new CountDownLatch(1);
    budget.<String>within(
        need(9e8, 0),
        "",
        () -> false,
        () -> {
          CompletableFuture<String> waits = later(need(9e8, 0), cancelled::get);
          cancelled.set(true);
          budget.wake();
          assertThatThrownBy(waits::join).hasCauseInstanceOf(GenerationCancelledException.class);
          over.countDown();
          return "";
        });
    assertThat(over.getCount()).isZero();
  }

  @Test
  void close_requestsThatWait_areRefused() {
    budget.<String>within(
        need(9e8, 0),
        "",
        () -> false,
        () -> {
          CompletableFuture<String> waits = later(need(9e8, 0), () -> false);
          budget.close();
          assertThatThrownBy(waits::join).hasCauseInstanceOf(IllegalStateException.class);
          return "";
        });
  }
}
