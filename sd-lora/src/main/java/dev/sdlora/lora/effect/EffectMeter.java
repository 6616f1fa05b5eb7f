package dev.sdlora.lora.effect;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.api.LoraEffect.Block;
import dev.sdlora.api.LoraException;
import dev.sdlora.api.LoraException.Reason;
import dev.sdlora.api.ModelPart;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures how far a plan moves the weights of a checkpoint. Reads one layer after another, from
 * the checkpoint and the LoRA, and keeps none. Not safe for several threads.
 */
public final class EffectMeter {
  private final Torch torch;
  private final TensorLoader loader;
  private final Factors factors;
  private final Program program;

  /** A meter on one owner's native memory. */
  public EffectMeter(Torch torch, TensorLoader loader) {
    this.torch = torch;
    this.loader = loader;
    this.factors = new Factors(torch, loader);
    this.program = Program.load(torch, EffectMeter.class, "effect.torchscript.py");
  }

  /**
   * Measures a plan.
   *
   * @param weights where the original weights of each network lie, by their names in diffusers
   * @return the blocks with changed weights, in the order of networks and their weights
   * @throws LoraException if a change holds NaN or infinity, does not fit its weight, or is for a
   *     weight that is not there
   * @throws dev.sdlora.api.TensorFileException if a file cannot be read or has changed
   */
  public List<Block> measure(PatchPlan plan, Map<Network, Map<String, Origin>> weights) {
    List<Block> blocks = new ArrayList<>();
    for (Network network : Network.values()) {
      Map<String, List<Change>> changes = plan.changes().getOrDefault(network, Map.of());
      Map<String, Origin> origins = weights.getOrDefault(network, Map.of());
      changes.forEach((name, ofWeight) -> requireThere(name, ofWeight.get(0), origins));
      BlockNames names = new BlockNames(origins.keySet());
      Map<String, Sum> sums = new LinkedHashMap<>();
      try (OpenFiles files = new OpenFiles()) {
        origins.forEach(
            (name, origin) -> {
              List<Change> ofWeight = changes.getOrDefault(name, List.of());
              if (!ofWeight.isEmpty()) {
                sums.computeIfAbsent(names.of(network, name), block -> new Sum())
                    .add(measure(name, ofWeight, origin, files));
              }
            });
      }
      sums.forEach((block, sum) -> blocks.add(sum.block(part(network), block)));
    }
    return blocks;
  }

  private static void requireThere(String name, Change change, Map<String, Origin> origins) {
    if (!origins.containsKey(name)) {
      throw new LoraException(
          "LoRA '%s': module '%s' changes '%s', which the checkpoint does not have; it was probably"
                  .formatted(change.file().path(), change.module().key(), name)
              + " trained for another model",
          Reason.MISFIT,
          ErrorDetails.in(change.file().path()).withModule(change.module().key()));
    }
  }

  /** Both have the same names; a part is for callers, a network for plans. */
  private static ModelPart part(Network network) {
    return ModelPart.valueOf(network.name());
  }

  private Squares measure(String name, List<Change> changes, Origin origin, OpenFiles files) {
    try (NDManager scope = torch.scope()) {
      NDArray original =
          loader.load(
              files.of(origin.file()), origin.entry(), origin.shape(), ScalarType.FLOAT32, scope);
      Change first = changes.get(0);
      Optional<LowRank> product =
          changes.size() == 1 && !isBias(name)
              ? factors(first)
                  .lowRank(files.of(first.file()), first.module(), first.strength(), scope)
              : Optional.empty();
      double change =
          product.isPresent()
              ? squares(product.get(), scope)
              : squares(sum(name, changes, original, files, scope), scope);
      return new Squares(change, squares(original, scope));
    }
  }

  private static boolean isBias(String name) {
    return name.endsWith(".bias");
  }

  private Factors factors(Change change) {
    return change.rankLimit().isPresent()
        ? factors.limitedTo(change.rankLimit().getAsInt())
        : factors;
  }

  private NDArray sum(
      String name, List<Change> changes, NDArray original, OpenFiles files, NDManager scope) {
    NDArray sum = delta(name, changes.get(0), original, files, scope);
    for (Change change : changes.subList(1, changes.size())) {
      sum = sum.add(delta(name, change, original, files, scope));
    }
    return sum;
  }

  private NDArray delta(
      String name, Change change, NDArray original, OpenFiles files, NDManager scope) {
    TensorFile.Reader reader = files.of(change.file());
    LoraModule module = change.module();
    double strength = change.strength();
    return isBias(name)
        ? factors(change).biasDelta(reader, module, original, strength, scope).orElseThrow()
        : factors(change).delta(reader, module, original, strength, scope);
  }

  private double squares(LowRank product, NDManager scope) {
    double squares =
        program
            .call("product_squares")
            .tensor(product.up())
            .tensor(product.down())
            .run(scope)
            .getDouble();
    // Rounding may leave a little less than nothing.
    return product.scale() * product.scale() * Math.max(0, squares);
  }

  private double squares(NDArray tensor, NDManager scope) {
    return program.call("squares").tensor(tensor).run(scope).getDouble();
  }

  /** Sums of squares of one weight. */
  private record Squares(double change, double weight) {}

  /** Sums of squares over the weights of a block. */
  private static final class Sum {
    private int weights;
    private double change;
    private double weight;

    void add(Squares squares) {
      weights++;
      change += squares.change;
      weight += squares.weight;
    }

    Block block(ModelPart part, String name) {
      return new Block(part, name, weights, Math.sqrt(change), Math.sqrt(weight));
    }
  }
}
