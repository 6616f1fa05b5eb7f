package dev.sdlora.lora.make;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.SkippedLayers;
import dev.sdlora.api.make.spi.MakingBackend.Ranks;
import dev.sdlora.lora.make.Decomposition.Difference;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Approximates the difference between the weights of two models by low-rank factors, one layer
 * after another so that only one is in memory. Not safe for use by several threads.
 */
public final class Extraction {
  private final Torch torch;
  private final TensorLoader loader;
  private final Decomposition decomposition;
  private final LayerNames names;
  private final Ranks rule;
  private final boolean exact;

  /**
   * Creates an extraction.
   *
   * @param names the names of layers in the file
   * @param rule the limit of the factors' rank
   * @param exact whether to compute all singular values instead of only the largest
   */
  public Extraction(Torch torch, LayerNames names, Ranks rule, boolean exact) {
    this.torch = torch;
    this.loader = new TensorLoader(torch);
    this.decomposition = new Decomposition(torch);
    this.names = names;
    this.rule = rule;
    this.exact = exact;
  }

  /**
   * A layer in two models.
   *
   * @param network the network of the layer
   * @param name its name inside the network
   * @param parts its weight, or the weights whose rows it stacks
   * @param halvesSwapped whether the file has the second half of the rows first
   */
  public record Layer(Network network, String name, List<Weight> parts, boolean halvesSwapped) {
    /** Copies the list. */
    public Layer {
      parts = List.copyOf(parts);
    }

    /** Creates a layer with one weight. */
    public Layer(Network network, String name, Weight weight) {
      this(network, name, List.of(weight), false);
    }

    private List<Long> shape() {
      List<Long> shape = new ArrayList<>(parts.get(0).original().shape());
      shape.set(0, parts.stream().mapToLong(part -> part.original().shape().get(0)).sum());
      return shape;
    }
  }

  /**
   * A weight in two models.
   *
   * @param original its place in the original model
   * @param tuned its place in the tuned model, of the same shape unless the layer is skipped
   */
  public record Weight(Origin original, Origin tuned) {
    boolean isSame() {
      return original.isSameAs(tuned);
    }
  }

  /**
   * A layer that is always skipped.
   *
   * @param cause the reason
   */
  public record Rest(Layer layer, SkippedLayers.Cause cause) {}

  /**
   * Adds the difference of each layer to a file, skipping layers without any.
   *
   * @param rest layers to skip; their change counts in the share of the change that the result
   *     reports as kept
   * @throws LoraException if a weight of a layer holds NaN or infinity, or no layer differs
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public void run(
      List<Layer> layers, List<Rest> rest, AdapterFile target, MakingListener listener) {
    try (OpenFiles files = new OpenFiles()) {
      rest.forEach(left -> leaveOut(left, files, target));
      for (int i = 0; i < layers.size(); i++) {
        extract(layers.get(i), files, target);
        listener.done(i + 1, layers.size(), layers.get(i).name());
      }
    }
    if (target.modules() == 0) {
      throw nothingToExtract(layers.size(), target.leftOut());
    }
  }

  private static LoraException nothingToExtract(int layers, List<SkippedLayers> leftOut) {
    String others =
        leftOut.stream()
            .map(left -> left.layers().size() + " " + left.cause().label())
            .collect(Collectors.joining(", "));
    return new LoraException(
        "the two checkpoints do not differ in any of %s layers, so there is nothing to extract; %s"
            .formatted(
                layers,
                leftOut.isEmpty()
                    ? "they are probably copies of one model"
                    : "they differ only in skipped layers: " + others),
        Reason.NOTHING_CHANGED);
  }

  private void leaveOut(Rest left, OpenFiles files, AdapterFile target) {
    Layer layer = left.layer();
    Weight weight = layer.parts().get(0);
    if (weight.isSame()) {
      return;
    }
    if (!weight.original().shape().equals(weight.tuned().shape())) {
      target.leaveOut(SkippedLayers.Cause.OTHER_SHAPE, layer.name(), 0);
      return;
    }
    try (NDManager scope = torch.scope()) {
      NDArray tuned = load(weight.tuned(), files, scope);
      NDArray original = load(weight.original(), files, scope);
      double energy = decomposition.difference(tuned, original, scope).energy();
      if (energy != 0) {
        target.leaveOut(left.cause(), layer.name(), Double.isFinite(energy) ? energy : 0);
      }
    }
  }

  private void extract(Layer layer, OpenFiles files, AdapterFile target) {
    if (layer.parts().stream().allMatch(Weight::isSame)) {
      return; // Models with separate files often share their text encoder.
    }
    try (NDManager scope = torch.scope()) {
      NDArray tuned = stacked(layer, Weight::tuned, files, scope);
      NDArray original = stacked(layer, Weight::original, files, scope);
      Difference difference = decomposition.difference(tuned, original, scope);
      original.close();
      if (difference.energy() == 0) {
        return;
      }
      FactorPair best = decomposition.of(difference, rule, exact);
      String key = names.key(layer.network(), layer.name());
      target.add(key, layer.shape(), best, best.rank());
    }
  }

  /** Loads the weights of a layer in one of the models, as one matrix in the order of the file. */
  private NDArray stacked(
      Layer layer, Function<Weight, Origin> model, OpenFiles files, NDManager scope) {
    NDList all = new NDList();
    for (Weight weight : layer.parts()) {
      NDArray part = load(model.apply(weight), files, scope);
      requireFinite(model.apply(weight), part);
      all.add(part);
    }
    NDArray whole = all.size() == 1 ? all.get(0) : NDArrays.concat(all, 0);
    if (!layer.halvesSwapped()) {
      return whole;
    }
    NDList halves = whole.split(2);
    return halves.get(1).concat(halves.get(0), 0);
  }

  private void requireFinite(Origin origin, NDArray values) {
    if (!loader.isFinite(values)) {
      throw new LoraException(
          "checkpoint '%s': tensor '%s' holds NaN or infinity, so nothing can be extracted from it"
              .formatted(origin.file().path(), origin.entry().name()),
          Reason.DAMAGED,
          ErrorDetails.in(origin.file().path()).withTensor(origin.entry().name()));
    }
  }

  private NDArray load(Origin origin, OpenFiles files, NDManager scope) {
    return loader.load(
        files.of(origin.file()), origin.entry(), origin.shape(), ScalarType.FLOAT32, scope);
  }
}
