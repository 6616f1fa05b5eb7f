package dev.sdlora.pipeline.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.lora.WeightGate.Lease;
import dev.sdlora.pipeline.lora.WeightGate.LeaseRequest;
import dev.sdlora.pipeline.lora.WeightGate.LeaseTerms;
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

/** Tests which requests share the weights and which wait. */
@Timeout(600)
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

  private static LeaseRequest request(LoraMode mode, PatchPlan plan) {
    return new LeaseRequest(
        mode, new LeaseTerms(plan, false), new LeaseTerms(PatchPlan.NONE, false));
  }

  private Lease enter(LoraMode mode, PatchPlan plan) {
    return gate.enter(request(mode, plan), () -> false);
  }

  private CompletableFuture<Lease> later(LeaseRequest request) {
    int before = gate.waiting();
    CompletableFuture<Lease> lease =
        CompletableFuture.supplyAsync(() -> gate.enter(request, () -> false), threads);
    while (gate.waiting() == before && !lease.isDone()) {
      Thread.onSpinWait();
    }
    return lease;
  }

  private static void leave(Lease lease) {
    lease.keep();
    lease.close();
  }

  @AfterEach
  void stop() {
    threads.shutdown();
  }

  @Test
  void enter_samePlan_sharesTheWeights() {
    Lease first = enter(LoraMode.PATCHED, A);
    Lease second = enter(LoraMode.PATCHED, A);
    assertThat(applied).containsExactly(A);
    leave(first);
    leave(second);
    leave(enter(LoraMode.PATCHED, A));
    assertThat(applied).containsOnly(A);
  }

  @Test
  void enter_otherPlan_waitsUntilTheWeightsAreFree() {
    Lease first = enter(LoraMode.PATCHED, A);
    CompletableFuture<Lease> other = later(request(LoraMode.PATCHED, B));
    CompletableFuture<Lease> behind = later(request(LoraMode.PATCHED, A));
    assertThat(other).isNotDone();
    assertThat(behind).as("it does not overtake").isNotDone();
    leave(first);
    Lease second = other.join();
    assertThat(second.waitedNanos()).isPositive();
    assertThat(applied).containsExactly(A, B);
    leave(second);
    leave(behind.join());
    assertThat(applied).containsExactly(A, B, A);
  }

  @Test
  void enter_overlays_runTogetherOnTheBase() {
    Lease first = enter(LoraMode.OVERLAY, A);
    Lease second = enter(LoraMode.OVERLAY, B);
    Lease plain = enter(LoraMode.AUTO, PatchPlan.NONE);
    assertThat(first.overlays() && second.overlays()).isTrue();
    assertThat(applied).containsExactly(PatchPlan.NONE);
    leave(plain);
    leave(second);
    leave(first);
  }

  @Test
  void enter_auto_patchesWhenNobodyServesAnotherSet() {
    Lease first = enter(LoraMode.AUTO, A);
    Lease same = enter(LoraMode.AUTO, A);
    assertThat(first.overlays() || same.overlays()).isFalse();
    CompletableFuture<Lease> other = later(request(LoraMode.AUTO, B));
    assertThat(other).as("the base is patched").isNotDone();
    leave(first);
    leave(same);
    Lease second = other.join();
    assertThat(second.overlays()).isFalse();
    leave(second);
    assertThat(applied).containsExactly(A, B);
  }

  @Test
  void enter_autoBesideOtherSets_overlays() {
    Lease plain = enter(LoraMode.AUTO, PatchPlan.NONE);
    Lease first = enter(LoraMode.AUTO, A);
    Lease second = enter(LoraMode.AUTO, B);
    assertThat(first.overlays() && second.overlays()).isTrue();
    leave(plain);
    leave(first);
    leave(second);
  }

  @Test
  void enter_autoWithOthersWaiting_overlaysSoThatAllRun() {
    Lease first = enter(LoraMode.PATCHED, A);
    CompletableFuture<Lease> b = later(request(LoraMode.AUTO, B));
    CompletableFuture<Lease> c = later(request(LoraMode.AUTO, plan("c")));
    leave(first);
    Lease second = b.join();
    assertThat(second.overlays()).isTrue();
    Lease third = c.join();
    assertThat(third.overlays()).isTrue();
    leave(second);
    leave(third);
  }

  @Test
  void enter_changingPlans_hasTheWeightsAlone() {
    LeaseRequest scheduled =
        new LeaseRequest(
            LoraMode.PATCHED, new LeaseTerms(A, true), new LeaseTerms(PatchPlan.NONE, false));
    Lease first = gate.enter(scheduled, () -> false);
    CompletableFuture<Lease> same = later(request(LoraMode.PATCHED, A));
    first.change(B);
    assertThat(same).isNotDone();
    leave(first);
    leave(same.join());
    assertThat(applied).containsExactly(A, B, A);
    // A request that changes plans does not share them either.
    Lease sharing = enter(LoraMode.PATCHED, A);
    CompletableFuture<Lease> waits = later(scheduled);
    assertThat(waits).isNotDone();
    leave(sharing);
    leave(waits.join());
  }

  @Test
  void close_failedRequest_restoresWhenTheLastLeaves() {
    Lease first = enter(LoraMode.PATCHED, A);
    Lease second = enter(LoraMode.PATCHED, A);
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
    Lease first = enter(LoraMode.PATCHED, A);
    AtomicBoolean cancelled = new AtomicBoolean();
    CompletableFuture<Lease> other =
        CompletableFuture.supplyAsync(
            () -> gate.enter(request(LoraMode.PATCHED, B), cancelled::get), threads);
    while (gate.waiting() == 0) {
      Thread.onSpinWait();
    }
    CompletableFuture<Lease> behind = later(request(LoraMode.PATCHED, A));
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
    Lease first = enter(LoraMode.PATCHED, A);
    CompletableFuture<Lease> other = later(request(LoraMode.PATCHED, B));
    gate.close();
    assertThatThrownBy(other::join).hasCauseInstanceOf(IllegalStateException.class);
    leave(first);
    assertThatThrownBy(() -> enter(LoraMode.PATCHED, A)).isInstanceOf(IllegalStateException.class);
  }
}
