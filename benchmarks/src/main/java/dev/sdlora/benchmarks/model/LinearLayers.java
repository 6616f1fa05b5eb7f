package dev.sdlora.benchmarks.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.UNet;
import dev.sdlora.pipeline.speed.TransformerWork;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The linear layers of a network alone, with its own weights in their layout and without biases:
 * the rate that a call of the network can reach at most.
 */
public final class LinearLayers {
  private static final String WEIGHT = ".weight";

  private final Program program;
  private final LiveWeights weights;
  private final List<Product> products = new ArrayList<>();

  private record Product(String module, NDArray input) {}

  /**
   * Creates the layers of a call.
   *
   * @param packings the packings of the weights; empty if they are not packed
   * @param scope the manager that will own the inputs
   */
  public LinearLayers(
      Torch torch,
      LiveWeights weights,
      TransformerWork work,
      Map<String, Packing> packings,
      NDManager scope) {
    this.weights = weights;
    this.program =
        Program.load(
            torch,
            Program.Source.beside(LinearLayers.class, "linear.torchscript.py"),
            UNet.operations(weights));
    Map<List<Long>, NDArray> inputs = new HashMap<>();
    work.layers()
        .forEach(
            (name, layer) -> {
              List<Long> widths = List.of(layer.shape().get(1));
              long parts = 1;
              if (packings.get(name) instanceof Packing.Stacked stacked) {
                parts = stacked.heights().size();
              } else if (packings.get(name) instanceof Packing.Adjacent adjacent) {
                widths = adjacent.widths();
                parts = widths.size();
              }
              String module = name.substring(0, name.length() - WEIGHT.length());
              for (int part = 0; part < parts; part++) {
                long width = widths.get(Math.min(part, widths.size() - 1));
                NDArray input =
                    inputs.computeIfAbsent(
                        List.of((long) layer.positions(), width),
                        size -> input(layer.positions(), width, scope));
                products.add(new Product(part == 0 ? module : module + "." + part, input));
              }
            });
  }

  private NDArray input(long positions, long width, NDManager scope) {
    try (NDArray here = scope.create(0f)) {
      return program
          .call("room")
          .tensor(here)
          .integer(positions)
          .integer(width)
          .integer(weights.type().code())
          .run(scope);
    }
  }

  /** Runs all layers once; returns the result of the last one. */
  public NDArray run(NDManager scope) {
    Map<String, NDArray> matrices = new LinkedHashMap<>(weights.entries());
    // A part of a layer would need a part of its bias.
    matrices.keySet().removeIf(name -> name.endsWith(".bias"));
    try (TensorDict dict = TensorDict.of(matrices)) {
      NDArray result = scope.create(0f);
      for (Product product : products) {
        result.close();
        result =
            program
                .call("layer")
                .tensor(product.input)
                .tensors(dict)
                .text(product.module)
                .run(scope);
      }
      return result;
    }
  }
}
