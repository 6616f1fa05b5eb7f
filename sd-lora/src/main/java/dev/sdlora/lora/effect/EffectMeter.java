package dev.sdlora.lora.effect;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.LoraEffect.Block;
import dev.sdlora.api.LoraException;
import dev.sdlora.api.ModelPart;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.OpenFiles;
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
import org.jspecify.annotations.Nullable;

/**
 * Measures how far a plan moves the weights of a checkpoint. Reads one layer after another, from
 * the checkpoint and the LoRA, and keeps none. Not safe for several threads.
 */
public final class EffectMeter {
  private static final String WEIGHT = ".weight";

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
   * @throws LoraException if a change holds NaN or infinity
   * @throws dev.sdlora.api.TensorFileException if a file cannot be read or has changed
   */
  public List<Block> measure(PatchPlan plan, Map<Network, Map<String, Origin>> weights) {
    List<Block> blocks = new ArrayList<>();
    for (Network network : Network.values()) {
      Map<String, List<Change>> changes = plan.changes().getOrDefault(network, Map.of());
      Map<String, Origin> origins = weights.getOrDefault(network, Map.of());
      BlockNames names = new BlockNames(origins.keySet());
      Map<String, Sum> sums = new LinkedHashMap<>();
      try (OpenFiles files = new OpenFiles()) {
        for (String weight : origins.keySet()) {
          if (changes.containsKey(weight)) {
            Sum sum = sums.computeIfAbsent(names.of(network, weight), name -> new Sum());
            add(weight, changes.getOrDefault(weight, List.of()), origins, files, sum);
          }
        }
      }
      sums.forEach((name, sum) -> blocks.add(sum.block(part(network), name)));
    }
    return blocks;
  }

  /** Both have the same names; a part is for callers, a network for plans. */
  private static ModelPart part(Network network) {
    return ModelPart.valueOf(network.name());
  }

  private void add(
      String weight, List<Change> changes, Map<String, Origin> origins, OpenFiles files, Sum sum) {
    List<Change> ofWeight =
        changes.stream().filter(change -> Factors.changesWeight(change.module())).toList();
    List<Change> ofBias =
        changes.stream().filter(change -> Factors.changesBias(change.module())).toList();
    try (NDManager scope = torch.scope()) {
      if (!ofWeight.isEmpty()) {
        NDArray original = load(origins.get(weight), files, scope).orElseThrow();
        sum.add(weightSquares(ofWeight, original, files, scope), squares(original, scope));
      }
      if (!ofBias.isEmpty()) {
        String name = weight.substring(0, weight.length() - WEIGHT.length()) + ".bias";
        Optional<NDArray> original = load(origins.get(name), files, scope);
        sum.add(
            biasSquares(ofBias, original, files, scope),
            original.map(bias -> squares(bias, scope)).orElse(0.0));
      }
    }
  }

  private double weightSquares(
      List<Change> changes, NDArray original, OpenFiles files, NDManager scope) {
    if (changes.size() == 1) {
      Optional<LowRank> pair = pair(changes.get(0), files, scope);
      if (pair.isPresent()) {
        return finite(productSquares(pair.get(), scope), changes);
      }
    }
    @Nullable NDArray sum = null;
    for (Change change : changes) {
      NDArray delta =
          factors.delta(
              files.of(change.file()), change.module(), original, change.strength(), scope);
      sum = sum == null ? delta : sum.add(delta);
    }
    return sum == null ? 0 : finite(squares(sum, scope), changes);
  }

  private Optional<LowRank> pair(Change change, OpenFiles files, NDManager scope) {
    return factors.lowRank(files.of(change.file()), change.module(), change.strength(), scope);
  }

  private double productSquares(LowRank pair, NDManager scope) {
    double squares =
        program
            .call("product_squares")
            .tensor(pair.up())
            .tensor(pair.down())
            .run(scope)
            .getDouble();
    // Rounding may leave a little less than nothing.
    return squares < 0 ? 0 : pair.scale() * pair.scale() * squares;
  }

  private double biasSquares(
      List<Change> changes, Optional<NDArray> original, OpenFiles files, NDManager scope) {
    @Nullable NDArray sum = null;
    for (Change change : changes) {
      Optional<NDArray> delta =
          factors.biasDelta(
              files.of(change.file()),
              change.module(),
              original.orElse(null),
              change.strength(),
              scope);
      if (delta.isPresent()) {
        sum = sum == null ? delta.get() : sum.add(delta.get());
      }
    }
    return sum == null ? 0 : finite(squares(sum, scope), changes);
  }

  private Optional<NDArray> load(@Nullable Origin origin, OpenFiles files, NDManager scope) {
    return Optional.ofNullable(origin)
        .map(
            there ->
                loader.load(
                    files.of(there.file()),
                    there.entry(),
                    there.shape(),
                    ScalarType.FLOAT32,
                    scope));
  }

  private double squares(NDArray tensor, NDManager scope) {
    return program.call("squares").tensor(tensor).run(scope).getDouble();
  }

  private static double finite(double squares, List<Change> changes) {
    if (!Double.isFinite(squares)) {
      Change first = changes.get(0);
      throw new LoraException(
          "LoRA '%s': module '%s' holds NaN or infinity; its training probably failed"
              .formatted(first.file().path(), first.module().key()));
    }
    return squares;
  }

  /** Sums of squares over the weights of a block. */
  private static final class Sum {
    private int weights;
    private double change;
    private double weight;

    void add(double changeSquares, double weightSquares) {
      weights++;
      change += changeSquares;
      weight += weightSquares;
    }

    Block block(ModelPart part, String name) {
      return new Block(part, name, weights, Math.sqrt(change), Math.sqrt(weight));
    }
  }
}
