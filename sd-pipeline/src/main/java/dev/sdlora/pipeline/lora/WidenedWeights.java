package dev.sdlora.pipeline.lora;

import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.value.Bytes;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.ToLongBiFunction;

/**
 * The cost of patching weights that are held in other formats than the dtype of the computation, or
 * rounded to integers: while they are patched, they are held in that dtype. Immutable.
 */
public final class WidenedWeights {
  private final Map<Network, LiveWeights> weights;

  /**
   * Creates the estimate.
   *
   * @param weights the weights that LoRAs can change
   */
  public WidenedWeights(Map<Network, LiveWeights> weights) {
    this.weights = new EnumMap<>(weights);
  }

  /**
   * Returns the mode for LoRAs: {@link LoraMode#AUTO} means {@link LoraMode#OVERLAY} if they change
   * such weights, or weights that are multiplied in integers. Both would lose what they are held
   * in.
   */
  public LoraMode mode(LoraMode requested, List<PatchPlan> plans) {
    boolean widens =
        requested == LoraMode.AUTO
            && plans.stream().anyMatch(plan -> count(plan, LiveWeights::isReduced) > 0);
    return widens ? LoraMode.OVERLAY : requested;
  }

  /** Returns the additional bytes that the weights take while a plan is applied. */
  public long bytes(PatchPlan plan) {
    return sum(plan, LiveWeights::patchedBytes);
  }

  /**
   * Returns the additional bytes that the weights of networks that are not in memory take when they
   * are read for a plan.
   */
  public long missing(PatchPlan plan) {
    return sum(plan, (live, names) -> live.isInMemory() ? 0 : live.patchedBytes(names));
  }

  private long count(PatchPlan plan, BiPredicate<LiveWeights, String> which) {
    return sum(
        plan, (live, names) -> names.stream().filter(name -> which.test(live, name)).count());
  }

  private long sum(PatchPlan plan, ToLongBiFunction<LiveWeights, Set<String>> each) {
    long sum = 0;
    for (Map.Entry<Network, LiveWeights> network : weights.entrySet()) {
      sum +=
          each.applyAsLong(
              network.getValue(), plan.changes().getOrDefault(network.getKey(), Map.of()).keySet());
    }
    return sum;
  }

  /** Returns the report about the memory that a plan takes; empty if it takes none. */
  public Optional<String> warning(PatchPlan plan) {
    long count = count(plan, (live, name) -> live.patchedBytes(List.of(name)) > 0);
    if (count == 0) {
      return Optional.empty();
    }
    ScalarType type = weights.values().iterator().next().type();
    return Optional.of(
        "%s patched by LoRAs and held in %s instead of fewer bits, which takes %s more memory until the LoRAs are taken off; LoraMode.OVERLAY (--lora-mode overlay) takes none for most LoRAs"
            .formatted(
                count == 1 ? "1 weight is" : count + " weights are",
                type.name().toLowerCase(Locale.ROOT),
                Bytes.text((double) bytes(plan))));
  }
}
