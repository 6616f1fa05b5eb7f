package dev.sdlora.training.adapter;

import dev.sdlora.lora.make.LayerNames;
import dev.sdlora.lora.plan.Network;
import java.util.List;

/**
 * A layer to train and the size of its change.
 *
 * @param network the network of the layer
 * @param name the name of the layer inside the network
 * @param shape the shape of its weight: [out, in] or [out, in, k, k]
 * @param rank the rank of the change, at least 1
 * @param alpha the alpha; kinds with a rank multiply the change by alpha / rank
 * @param rateFactor the factor on the network's learning rate
 */
public record AdapterModule(
    Network network, String name, List<Long> shape, int rank, double alpha, double rateFactor) {
  /** Copies the shape. */
  public AdapterModule {
    shape = List.copyOf(shape);
  }

  /** The name of the layer in files. */
  public String key(LayerNames names) {
    return names.key(network, name);
  }

  /** The number of outputs. */
  public long out() {
    return shape.get(0);
  }

  /** The number of input channels. */
  public long in() {
    return shape.get(1);
  }

  /** The sides of the kernel: empty for a linear layer. */
  public List<Long> kernel() {
    return shape.subList(2, shape.size());
  }

  /** The number of inputs that each output depends on. */
  public long fanIn() {
    return shape.stream().skip(1).reduce(1L, Math::multiplyExact);
  }
}
