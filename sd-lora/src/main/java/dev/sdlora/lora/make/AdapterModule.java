package dev.sdlora.lora.make;

import dev.sdlora.lora.plan.Network;
import java.util.List;

/**
 * A layer that gets a LoRA.
 *
 * @param network the network of the layer
 * @param name the name of the layer inside the network
 * @param shape the shape of its weight: [out, in] or [out, in, k, k]
 * @param rank the rank of the change, at least 1
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

  /** The shape of the first factor: [rank, in] or [rank, in, k, k]. */
  public List<Long> downShape() {
    return isConvolution()
        ? List.of((long) rank, shape.get(1), shape.get(2), shape.get(3))
        : List.of((long) rank, shape.get(1));
  }

  /** The shape of the second factor: [out, rank] or [out, rank, 1, 1]. */
  public List<Long> upShape() {
    return isConvolution()
        ? List.of(shape.get(0), (long) rank, 1L, 1L)
        : List.of(shape.get(0), (long) rank);
  }

  /** Whether the layer is a convolution, with kernels of any size. */
  public boolean isConvolution() {
    return shape.size() == 4;
  }

  /** The number of inputs that each output depends on. */
  public long fanIn() {
    return shape.stream().skip(1).reduce(1L, Math::multiplyExact);
  }

  /** The name of the first factor in networks. */
  public String down() {
    return name + ".lora_down.weight";
  }

  /** The name of the second factor in networks. */
  public String up() {
    return name + ".lora_up.weight";
  }
}
