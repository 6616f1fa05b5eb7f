package dev.sdlora.lora.effect;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Measures how much of a LoRA's change survives when the changed weights are rounded to the dtype
 * that a network computes in. Samples a few weights, which it reads from the checkpoint; the
 * weights in memory stay untouched. Not safe for use by several threads.
 */
public final class RoundingMeter {
  /** The number of weights sampled in each network. */
  private static final int SAMPLE = 3;

  /** Larger weights are sampled only if there are no others. */
  private static final long LARGE = 1 << 20;

  private final Torch torch;
  private final TensorLoader loader;
  private final Program program;

  /** Creates a meter with a reader of its own. */
  public RoundingMeter(Torch torch) {
    this.torch = torch;
    this.loader = new TensorLoader(torch);
    this.program = Program.load(torch, RoundingMeter.class, "rounding.torchscript.py");
  }

  /**
   * The effect of rounding on a change. If the change is smaller than the steps of the dtype, most
   * numbers stay as they are and the others move by a whole step, so the rounded weights hardly
   * reflect the change.
   *
   * @param moved the share of the weights' numbers that differ after rounding, 0 to 1
   * @param likeness the cosine between the intended and the rounded change: 1 if they are the same,
   *     0 if nothing is left
   * @param relative the norm of the intended change, relative to that of the weights
   */
  public record Rounding(double moved, double likeness, double relative) {}

  /**
   * Measures the changes of one LoRA.
   *
   * @param plan the changes of this LoRA alone
   * @param weights the networks
   * @return empty if it changes no weight that is rounded to less than float32
   * @throws dev.sdlora.api.error.LoraException if a change holds NaN or infinity
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public Optional<Rounding> measure(PatchPlan plan, Map<Network, LiveWeights> weights) {
    Sums sums = new Sums();
    try (OpenFiles files = new OpenFiles()) {
      plan.changes()
          .forEach(
              (network, changes) -> {
                LiveWeights live = weights.get(network);
                if (live != null && live.type() != ScalarType.FLOAT32) {
                  for (String name : sample(changes, live)) {
                    add(
                        Objects.requireNonNull(changes.get(name)).get(0),
                        live.origin(name),
                        live.type(),
                        files,
                        sums);
                  }
                }
              });
    }
    return sums.rounding();
  }

  /** Picks weights spread over the network; biases are few and say little. */
  private static List<String> sample(Map<String, List<Change>> changes, LiveWeights live) {
    List<String> names =
        changes.keySet().stream()
            .filter(name -> name.endsWith(".weight") && live.contains(name))
            .toList();
    List<String> small =
        names.stream().filter(name -> live.origin(name).entry().elements() <= LARGE).toList();
    List<String> from = small.isEmpty() ? names : small;
    List<String> sample = new ArrayList<>();
    int count = Math.min(SAMPLE, from.size());
    for (int i = 0; i < count; i++) {
      sample.add(from.get((2 * i + 1) * from.size() / (2 * count)));
    }
    return sample;
  }

  private void add(Change change, Origin origin, ScalarType type, OpenFiles files, Sums sums) {
    Factors whole = new Factors(torch, loader);
    Factors factors =
        change.rankLimit().isPresent() ? whole.limitedTo(change.rankLimit().getAsInt()) : whole;
    try (NDManager scope = torch.scope()) {
      NDArray original =
          loader.load(
              files.of(origin.file()), origin.entry(), origin.shape(), ScalarType.FLOAT32, scope);
      NDArray delta =
          factors.delta(
              files.of(change.file()), change.module(), original, change.strength(), scope);
      double[] measured =
          program
              .call("rounded")
              .tensor(original)
              .tensor(delta)
              .integer(type.code())
              .run(scope)
              .toDoubleArray();
      sums.add(original.size(), measured);
    }
  }

  private static final class Sums {
    private long numbers;
    private double moved;
    private double meant;
    private double became;
    private double along;
    private double weight;

    void add(long count, double[] measured) {
      numbers += count;
      moved += measured[0];
      meant += measured[1];
      became += measured[2];
      along += measured[3];
      weight += measured[4];
    }

    Optional<Rounding> rounding() {
      if (meant == 0 || weight == 0) {
        return Optional.empty();
      }
      double likeness = became == 0 ? 0 : along / Math.sqrt(meant * became);
      return Optional.of(new Rounding(moved / numbers, likeness, Math.sqrt(meant / weight)));
    }
  }
}
