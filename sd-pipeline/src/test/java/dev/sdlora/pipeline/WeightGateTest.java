package dev.sdlora.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GenerationCancelledException;
import dev.sdlora.api.LoraException;
import dev.sdlora.api.LoraMode;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.WeightGate.Demand;
import dev.sdlora.pipeline.WeightGate.Pass;
import dev.sdlora.pipeline.WeightGate.Wish;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may use the weights together, and who waits. */
@Timeout(60)
class WeightGateTest {
  private static final PatchPlan A = plan("a");
  private static final PatchPlan B = plan("b");

  private final List<PatchPlan> applied = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final WeightGate gate = new WeightGate(this::apply, () -> applied.add(PatchPlan.NONE));

  private void apply(PatchPlan plan) {
    applied.add(plan);
    if (plan.equals(plan("broken"))) {
      throw new LoraException("broken", LoraException.Reason.OTHER);
    }
  }

  private static PatchPlan plan(String weight) {
    return new PatchPlan(Map.of(Network.UNET, Map.of(weight, List.of())));
  }

  private static Wish wish(LoraMode mode, PatchPlan plan) {
    return new Wish(mode, new Demand(plan, false), new Demand(PatchPlan.NONE, false));
  }

  private Pass enter(LoraMode mode, PatchPlan plan) {
    return gate.enter(wish(mode, plan), () -> false);
  }

  private CompletableFuture<Pass> later(Wish wish) {
    int before = gate.waiting();
    CompletableFuture<Pass> pass =
        CompletableFuture.supplyAsync(() -> gate.enter(wish, () -> false), threads);
    while (gate.waiting() == before && !pass.isDone()) {
      Thread.onSpinWait();
    }
    return pass;
  }

  private static void leave(Pass pass) {
    pass.keep();
    pass.close();
  }

  @AfterEach
  void stop() {
    threads.shutdown();
  }

  @Test
  void enter_samePlan_sharesTheWeights() {
    Pass first = enter(LoraMode.PATCHED, A);
    Pass second = enter(LoraMode.PATCHED, A);
    assertThat(applied).containsExactly(A);
    leave(first);
    leave(second);
    leave(enter(LoraMode.PATCHED, A));
    assertThat(applied).containsOnly(A);
  }

  @Test
  void enter_otherPlan_waitsUntilTheWeightsAreFree() {
    Pass first = enter(LoraMode.PATCHED, A);
    CompletableFuture<Pass> other = later(wish(LoraMode.PATCHED, B));
    CompletableFuture<Pass> behind = later(wish(LoraMode.PATCHED, A));
    assertThat(other).isNotDone();
    assertThat(behind).as("it does not overtake").isNotDone();
    leave(first);
    Pass second = other.join();
    assertThat(second.waitedNanos()).isPositive();
    assertThat(applied).containsExactly(A, B);
    leave(second);
    leave(behind.join());
    assertThat(applied).containsExactly(A, B, A);
  }

  @Test
  void enter_overlays_runTogetherOnTheBase() {
    Pass first = enter(LoraMode.OVERLAY, A);
    Pass second = enter(LoraMode.OVERLAY, B);
    Pass plain = enter(LoraMode.AUTO, PatchPlan.NONE);
    assertThat(first.overlays() && second.overlays()).isTrue();
    assertThat(applied).containsExactly(PatchPlan.NONE);
    leave(plain);
    leave(second);
    leave(first);
  }

  @Test
  void enter_auto_patchesWhenNobodyServesAnotherSet() {
    Pass first = enter(LoraMode.AUTO, A);
    Pass same = enter(LoraMode.AUTO, A);
    assertThat(first.overlays() || same.overlays()).isFalse();
    CompletableFuture<Pass> other = later(wish(LoraMode.AUTO, B));
    assertThat(other).as("the base is patched").isNotDone();
    leave(first);
    leave(same);
    Pass second = other.join();
    assertThat(second.overlays()).isFalse();
    leave(second);
    assertThat(applied).containsExactly(A, B);
  }

  @Test
  void enter_autoBesideOtherSets_overlays() {
    Pass plain = enter(LoraMode.AUTO, PatchPlan.NONE);
    Pass first = enter(LoraMode.AUTO, A);
    Pass second = enter(LoraMode.AUTO, B);
    assertThat(first.overlays() && second.overlays()).isTrue();
    leave(plain);
    leave(first);
    leave(second);
  }

  @Test
  void enter_autoWithOthersWaiting_overlaysSoThatAllRun() {
    Pass first = enter(LoraMode.PATCHED, A);
    CompletableFuture<Pass> b = later(wish(LoraMode.AUTO, B));
    CompletableFuture<Pass> c = later(wish(LoraMode.AUTO, plan("c")));
    leave(first);
    Pass second = b.join();
    assertThat(second.overlays()).isTrue();
    Pass third = c.join();
    assertThat(third.overlays()).isTrue();
    leave(second);
    leave(third);
  }

  @Test
  void enter_changingPlans_hasTheWeightsAlone() {
    Wish scheduled =
        new Wish(LoraMode.PATCHED, new Demand(A, true), new Demand(PatchPlan.NONE, false));
    Pass first = gate.enter(scheduled, () -> false);
    CompletableFuture<Pass> same = later(wish(LoraMode.PATCHED, A));
    first.change(B);
    assertThat(same).isNotDone();
    leave(first);
    leave(same.join());
    assertThat(applied).containsExactly(A, B, A);
    // One that changes plans does not join either.
    Pass sharing = enter(LoraMode.PATCHED, A);
    CompletableFuture<Pass> waits = later(scheduled);
    assertThat(waits).isNotDone();
    leave(sharing);
    leave(waits.join());
  }

  @Test
  void close_failedRequest_restoresWhenTheLastLeaves() {
    Pass first = enter(LoraMode.PATCHED, A);
    Pass second = enter(LoraMode.PATCHED, A);
    first.close();
    assertThat(applied).containsExactly(A);
    leave(second);
    assertThat(applied).containsExactly(A, PatchPlan.NONE);
  }

  @Test
  void enter_planThatCannotBeApplied_leavesTheGateUsable() {
    assertThatThrownBy(() -> enter(LoraMode.PATCHED, plan("broken")))
        .isInstanceOf(LoraException.class);
    leave(enter(LoraMode.PATCHED, A));
    assertThat(applied).endsWith(PatchPlan.NONE, A);
  }

  @Test
  void enter_cancelledWhileWaiting_givesItsPlaceUp() {
    Pass first = enter(LoraMode.PATCHED, A);
    AtomicBoolean cancelled = new AtomicBoolean();
    CompletableFuture<Pass> other =
        CompletableFuture.supplyAsync(
            () -> gate.enter(wish(LoraMode.PATCHED, B), cancelled::get), threads);
    while (gate.waiting() == 0) {
      Thread.onSpinWait();
    }
    CompletableFuture<Pass> behind = later(wish(LoraMode.PATCHED, A));
    cancelled.set(true);
    gate.wake();
    assertThatThrownBy(other::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(GenerationCancelledException.class);
    leave(behind.join());
    leave(first);
  }

  @Test
  void close_gate_refusesThoseThatWait() {
    Pass first = enter(LoraMode.PATCHED, A);
    CompletableFuture<Pass> other = later(wish(LoraMode.PATCHED, B));
    gate.close();
    assertThatThrownBy(other::join).hasCauseInstanceOf(IllegalStateException.class);
    leave(first);
    assertThatThrownBy(() -> enter(LoraMode.PATCHED, A)).isInstanceOf(IllegalStateException.class);
  }
}
