package dev.sdlora.lora.make;

import dev.sdlora.lora.plan.Network;
import java.util.List;

/**
 * A layer that gets a LoRA.
 *
 * @param network where it is
 * @param name of the layer inside the network
 * @param shape of its weight: [out, in] or [out, in, k, k]
 * @param rank of the change, at least 1
 */
public record AdapterModule(Network network, String name, List<Long> shape, int rank) {
  /** Copies the shape. */
  public AdapterModule {
    shape = List.copyOf(shape);
  }

  /** The name of the layer in files. */
  public String key(LayerNames names) {
    return names.key(network, name);
  }

  /** The shape of the factor that is applied first: [rank, in] or [rank, in, k, k]. */
  public List<Long> downShape() {
    return isConvolution()
        ? List.of((long) rank, shape.get(1), shape.get(2), shape.get(3))
        : List.of((long) rank, shape.get(1));
  }

  /** The shape of the other factor: [out, rank] or [out, rank, 1, 1]. */
  public List<Long> upShape() {
    return isConvolution()
        ? List.of(shape.get(0), (long) rank, 1L, 1L)
        : List.of(shape.get(0), (long) rank);
  }

  /** Whether the layer is a convolution, with kernels of any size. */
  public boolean isConvolution() {
    return shape.size() == 4;
  }

  /** How many numbers of the input each number of the output looks at. */
  public long fanIn() {
    return shape.stream().skip(1).reduce(1L, Math::multiplyExact);
  }

  /** What networks call the factor that is applied first. */
  public String down() {
    return name + ".lora_down.weight";
  }

  /** What networks call the other factor. */
  public String up() {
    return name + ".lora_up.weight";
  }
}
