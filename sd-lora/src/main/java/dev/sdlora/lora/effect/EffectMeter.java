package dev.sdlora.lora.effect;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.lora.LoraConflicts;
import dev.sdlora.api.lora.LoraConflicts.Pair;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.lora.plan.ControlInput;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures how far plans move the weights of a checkpoint, each alone and all together. Reads one
 * layer after another, from the checkpoint and the LoRAs, and keeps none. Not safe for use by
 * several threads.
 */
public final class EffectMeter {
  private final Torch torch;
  private final ChangeReader reader;

  /** Creates a meter that uses one owner's native memory. */
  public EffectMeter(Torch torch, TensorLoader loader) {
    this.torch = torch;
    this.reader = new ChangeReader(torch, loader);
  }

  /**
   * Measures a plan.
   *
   * @param weights the locations of the original weights of each network, by their diffusers names
   * @return the blocks with changed weights, in the order of networks and their weights
   * @throws LoraException if a change holds NaN or infinity, does not fit its weight, or is for a
   *     missing weight
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public List<BlockChange> measure(PatchPlan plan, Map<Network, Map<String, Origin>> weights) {
    return measure(List.of(plan), weights).stream().map(block -> block.alone(0)).toList();
  }

  /**
   * Measures several plans and each pair of them.
   *
   * @return the blocks with weights that any plan changes, in the order of networks and weights
   * @throws LoraException as {@link #measure(PatchPlan, Map)}
   */
  public List<LoraConflicts.Block> measure(
      List<PatchPlan> plans, Map<Network, Map<String, Origin>> weights) {
    List<LoraConflicts.Block> blocks = new ArrayList<>();
    for (Network network : Network.values()) {
      List<Map<String, List<Change>>> changes =
          plans.stream().map(plan -> plan.changes().getOrDefault(network, Map.of())).toList();
      Map<String, Origin> origins = weights.getOrDefault(network, Map.of());
      changes.forEach(
          plan -> plan.forEach((name, some) -> requireThere(name, some.get(0), origins)));
      BlockNames names = new BlockNames(origins.keySet());
      Map<String, Sum> sums = new LinkedHashMap<>();
      try (OpenFiles files = new OpenFiles()) {
        origins.forEach(
            (name, origin) -> {
              List<List<Change>> ofWeight =
                  changes.stream().map(plan -> plan.getOrDefault(name, List.of())).toList();
              if (!ofWeight.stream().allMatch(List::isEmpty)) {
                Cancellation.check();
                add(
                    sums.computeIfAbsent(names.of(network, name), block -> new Sum(plans.size())),
                    name,
                    ofWeight,
                    origin,
                    files);
              }
            });
      }
      sums.forEach((block, sum) -> blocks.add(sum.block(network, block)));
    }
    return blocks;
  }

  private static void requireThere(String name, Change change, Map<String, Origin> origins) {
    if (!origins.containsKey(name) && !ControlInput.isAdded(name)) {
      throw new LoraException(
          "LoRA '%s': module '%s' changes '%s', which is missing from the checkpoint; it was probably"
                  .formatted(change.file().path(), change.module().key(), name)
              + " trained for another model",
          Reason.MISFIT,
          ErrorDetails.in(change.file().path()).withModule(change.module().key()));
    }
  }

  /** Adds a weight to a sum. */
  private void add(
      Sum sum, String name, List<List<Change>> changes, Origin origin, OpenFiles files) {
    try (NDManager scope = torch.scope()) {
      NDArray original = reader.weight(origin, files, scope);
      List<List<WeightChange>> read = new ArrayList<>();
      for (List<Change> ofPlan : changes) {
        read.add(
            ofPlan.stream()
                .map(change -> reader.change(name, change, original, files, scope))
                .toList());
      }
      sum.weights++;
      sum.weight += reader.squares(original, scope);
      for (int i = 0; i < read.size(); i++) {
        for (int j = i; j < read.size(); j++) {
          if (!read.get(i).isEmpty() && !read.get(j).isEmpty()) {
            sum.shared[i][j]++;
            sum.products[i][j] += inner(read.get(i), read.get(j), scope);
          }
        }
      }
    }
  }

  /** The inner product of the sums of two plans' changes. */
  private double inner(List<WeightChange> one, List<WeightChange> other, NDManager scope) {
    double sum = 0;
    for (WeightChange first : one) {
      for (WeightChange second : other) {
        sum += reader.inner(first, second, scope);
      }
    }
    return sum;
  }

  /** Sums of products over the weights of a block. */
  private static final class Sum {
    private final double[][] products;
    private final int[][] shared;
    private int weights;
    private double weight;

    Sum(int plans) {
      products = new double[plans][plans];
      shared = new int[plans][plans];
    }

    LoraConflicts.Block block(Network network, String name) {
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i < products.length; i++) {
        for (int j = i; j < products.length; j++) {
          pairs.add(new Pair(i, j, shared[i][j], products[i][j], norm(i), norm(j)));
        }
      }
      return new LoraConflicts.Block(
          BlockNames.part(network), name, weights, Math.sqrt(weight), pairs);
    }

    /** Rounding may make the sum slightly negative. */
    private double norm(int plan) {
      return Math.sqrt(Math.max(0, products[plan][plan]));
    }
  }
}
