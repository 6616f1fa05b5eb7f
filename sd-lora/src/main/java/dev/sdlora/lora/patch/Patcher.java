package dev.sdlora.lora.patch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the weights of a model in line with the current plan. A change of plan touches only the
 * weights whose changes differ: those that lose all changes are restored, the others are recomputed
 * from the original. Weights that are not in memory are read only if the new plan changes them
 * differently.
 *
 * <p>Not safe for use by several threads.
 */
public final class Patcher {
  private static final Logger LOG = LoggerFactory.getLogger(Patcher.class);

  private final Torch torch;
  private final Factors factors;
  private final Map<Network, LiveWeights> weights;
  private final Set<Network> deferred;

  /** The plan that the weights follow, or null if a failure left it unknown. */
  private @Nullable PatchPlan current = PatchPlan.NONE;

  /** Creates a patcher of weights that have not been changed since they were loaded. */
  public Patcher(Torch torch, TensorLoader loader, Map<Network, LiveWeights> weights) {
    this(torch, loader, weights, Set.of());
  }

  /**
   * Creates a patcher of weights that have not been changed since they were loaded.
   *
   * @param deferred networks that {@link #apply} leaves out of memory if they are not there; {@link
   *     #read} changes them
   */
  public Patcher(
      Torch torch, TensorLoader loader, Map<Network, LiveWeights> weights, Set<Network> deferred) {
    this.deferred = Set.copyOf(deferred);
    this.torch = torch;
    this.factors = new Factors(torch, loader);
    this.weights = Map.copyOf(weights);
  }

  /**
   * Applies a plan to the weights. On failure, the weights are restored, and weights that were not
   * in memory before are released.
   *
   * @throws LoraException if a tensor holds NaN or infinity, or does not fit its weight
   * @throws dev.sdlora.api.error.TensorFileException if a LoRA cannot be read, or the checkpoint is
   *     needed and has changed
   */
  public void apply(PatchPlan plan) {
    if (plan.equals(current)) {
      return;
    }
    List<LiveWeights> read = new ArrayList<>();
    try {
      for (Map.Entry<Network, LiveWeights> entry : weights.entrySet()) {
        Map<String, List<Change>> wanted = changes(plan, entry.getKey());
        Map<String, List<Change>> present =
            current == null ? Map.of() : changes(current, entry.getKey());
        LiveWeights live = entry.getValue();
        if (live.isInMemory()) {
          change(live, wanted, present);
        } else if (!deferred.contains(entry.getKey())
            && !wanted.isEmpty()
            && !wanted.equals(present)) {
          live.read();
          read.add(live);
          change(live, wanted, Map.of());
        }
      }
      current = plan;
    } catch (RuntimeException | Error e) {
      read.forEach(LiveWeights::giveBack);
      restoreAfter(e);
      throw e;
    }
  }

  /**
   * Reads the weights of a network, unless they are in memory, and applies the current plan to
   * them. On failure, they are not in memory.
   *
   * @throws dev.sdlora.api.error.TensorFileException if the checkpoint or a LoRA cannot be read or
   *     has changed
   */
  public void read(Network network) {
    LiveWeights live = Objects.requireNonNull(weights.get(network), "network");
    if (live.isInMemory()) {
      return;
    }
    live.read();
    try {
      change(live, current == null ? Map.of() : changes(current, network), Map.of());
    } catch (RuntimeException | Error e) {
      live.giveBack();
      throw e;
    }
  }

  private static Map<String, List<Change>> changes(PatchPlan plan, Network network) {
    return plan.changes().getOrDefault(network, Map.of());
  }

  private void change(
      LiveWeights live, Map<String, List<Change>> wanted, Map<String, List<Change>> present) {
    try (LiveWeights.Writer writer = live.writer();
        OpenFiles files = new OpenFiles()) {
      writer.restore(live.patched().stream().filter(n -> !wanted.containsKey(n)).toList());
      Map<String, List<Change>> products = new LinkedHashMap<>();
      Map<String, List<Change>> sums = new LinkedHashMap<>();
      wanted.forEach(
          (name, changes) -> {
            if (!changes.equals(present.get(name))) {
              requireThere(live, name, changes.get(0));
              (areProducts(name, changes) ? products : sums).put(name, changes);
            }
          });
      for (Map<String, List<Change>> batch : Products.batches(products)) {
        try (NDManager scope = torch.scope()) {
          writer.patch(Products.read(factors, batch, files, scope));
        }
      }
      sums.forEach((name, changes) -> patch(writer, name, changes, files));
    }
  }

  private static void requireThere(LiveWeights live, String name, Change change) {
    if (!live.contains(name)) {
      throw new LoraException(
          "LoRA '%s': module '%s' changes '%s', which is missing from the checkpoint; it was probably"
                  .formatted(change.file().path(), change.module().key(), name)
              + " trained for another model",
          Reason.MISFIT,
          ErrorDetails.in(change.file().path()).withModule(change.module().key()));
    }
  }

  private static boolean areProducts(String name, List<Change> changes) {
    return !isBias(name) && changes.stream().allMatch(c -> Factors.isFactorPair(c.module()));
  }

  private static boolean isBias(String name) {
    return name.endsWith(".bias");
  }

  /** Adds changes, at least one of them not a plain product. */
  private void patch(
      LiveWeights.Writer writer, String name, List<Change> changes, OpenFiles files) {
    try (NDManager scope = torch.scope()) {
      NDArray original = writer.original(name, scope);
      NDArray sum = delta(changes.get(0), name, original, files, scope);
      for (Change change : changes.subList(1, changes.size())) {
        sum = sum.add(delta(change, name, original, files, scope));
      }
      writer.patch(name, sum);
    }
  }

  private NDArray delta(
      Change change, String name, NDArray original, OpenFiles files, NDManager scope) {
    Factors limited =
        change.rankLimit().isPresent() ? factors.limitedTo(change.rankLimit().getAsInt()) : factors;
    TensorFile.Reader reader = files.of(change.file());
    LoraModule module = change.module();
    return isBias(name)
        ? limited.biasDelta(reader, module, original, change.strength(), scope).orElseThrow()
        : limited.delta(reader, module, original, change.strength(), scope);
  }

  /**
   * Removes all changes from the weights.
   *
   * @throws dev.sdlora.api.error.TensorFileException if the checkpoint has changed; the next call
   *     tries again
   */
  public void restore() {
    current = null;
    weights.values().forEach(live -> change(live, Map.of(), Map.of()));
    current = PatchPlan.NONE;
  }

  private void restoreAfter(Throwable cause) {
    // Reading files fails in an interrupted thread.
    boolean interrupted = Thread.interrupted();
    try {
      restore();
    } catch (RuntimeException e) {
      // Weights that are still patched stay marked, and the next plan tries to restore them again.
      LOG.warn("weights could not be restored", e);
      cause.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
