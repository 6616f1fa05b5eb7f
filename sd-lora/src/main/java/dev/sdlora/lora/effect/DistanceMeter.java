package dev.sdlora.lora.effect;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Measures the distance between the weights of two checkpoints. Reads one layer after another and
 * keeps none. Weights that only one checkpoint has, or that differ in shape, are skipped. Not safe
 * for use by several threads.
 */
public final class DistanceMeter {
  private final Torch torch;
  private final ChangeReader reader;

  /** Creates a meter that uses one owner's native memory. */
  public DistanceMeter(Torch torch, TensorLoader loader) {
    this.torch = torch;
    this.reader = new ChangeReader(torch, loader);
  }

  /**
   * Measures text encoders or U-Nets.
   *
   * @param from the reference weights
   * @param to the weights to compare with them
   * @return the blocks, in the order of the weights
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public List<BlockChange> measure(
      Network network, Map<String, Origin> from, Map<String, Origin> to) {
    BlockNames names = new BlockNames(from.keySet());
    return measure(BlockNames.part(network), name -> names.of(network, name), from, to);
  }

  /** Measures VAEs like {@link #measure}. */
  public List<BlockChange> measureVae(Map<String, Origin> from, Map<String, Origin> to) {
    return measure(ModelPart.VAE, BlockNames::vae, from, to);
  }

  private List<BlockChange> measure(
      ModelPart part,
      UnaryOperator<String> names,
      Map<String, Origin> from,
      Map<String, Origin> to) {
    Map<String, Sum> sums = new LinkedHashMap<>();
    try (OpenFiles files = new OpenFiles()) {
      from.forEach(
          (name, origin) -> {
            Origin other = to.get(name);
            if (other != null && areAlike(origin, other)) {
              Sum sum = sums.computeIfAbsent(names.apply(name), block -> new Sum());
              try (NDManager scope = torch.scope()) {
                sum.add(reader, read(origin, other, files, scope), scope);
              }
            }
          });
    }
    return blocks(part, sums);
  }

  /** A weight and its difference from the other checkpoint's weight. */
  private record Apart(NDArray weight, NDArray difference) {}

  private Apart read(Origin from, Origin to, OpenFiles files, NDManager scope) {
    Cancellation.check();
    NDArray weight = reader.weight(from, files, scope);
    NDArray difference = reader.difference(reader.weight(to, files, scope), weight, scope);
    return new Apart(weight, difference);
  }

  /** Whether two weights have the same shape, so that they can be compared. */
  public static boolean areAlike(Origin one, @Nullable Origin other) {
    return other != null && one.shape().equals(other.shape());
  }

  private static List<BlockChange> blocks(ModelPart part, Map<String, Sum> sums) {
    List<BlockChange> blocks = new ArrayList<>();
    sums.forEach((name, sum) -> blocks.add(sum.block(part, name)));
    return blocks;
  }

  /** Sums of squares over the weights of a block. */
  private static final class Sum {
    private int weights;
    private double difference;
    private double weight;

    void add(ChangeReader reader, Apart apart, NDManager scope) {
      weights++;
      difference += reader.squares(apart.difference, scope);
      weight += reader.squares(apart.weight, scope);
    }

    BlockChange block(ModelPart part, String name) {
      return new BlockChange(part, name, weights, Math.sqrt(difference), Math.sqrt(weight));
    }
  }
}
