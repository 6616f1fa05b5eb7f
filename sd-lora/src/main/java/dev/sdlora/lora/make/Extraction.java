package dev.sdlora.lora.make;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.SkippedLayers;
import dev.sdlora.api.spi.MakingBackend.Ranks;
import dev.sdlora.lora.make.Decomposition.Difference;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.List;
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
   * @param original its weight in the original model
   * @param tuned its weight in the tuned model, of the same shape unless the layer is skipped
   */
  public record Layer(Network network, String name, Origin original, Origin tuned) {}

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
    if (layer.original().isSameAs(layer.tuned())) {
      return;
    }
    if (!layer.original().shape().equals(layer.tuned().shape())) {
      target.leaveOut(SkippedLayers.Cause.OTHER_SHAPE, layer.name(), 0);
      return;
    }
    try (NDManager scope = torch.scope()) {
      NDArray tuned = load(layer.tuned(), files, scope);
      NDArray original = load(layer.original(), files, scope);
      double energy = decomposition.difference(tuned, original, scope).energy();
      if (energy != 0) {
        target.leaveOut(left.cause(), layer.name(), Double.isFinite(energy) ? energy : 0);
      }
    }
  }

  private void extract(Layer layer, OpenFiles files, AdapterFile target) {
    if (layer.original().isSameAs(layer.tuned())) {
      return; // Models with separate files often share their text encoder.
    }
    try (NDManager scope = torch.scope()) {
      NDArray tuned = load(layer.tuned(), files, scope);
      NDArray original = load(layer.original(), files, scope);
      boolean finite = loader.isFinite(tuned) && loader.isFinite(original);
      if (!finite) {
        Origin damaged = loader.isFinite(original) ? layer.tuned() : layer.original();
        throw new LoraException(
            "checkpoint '%s': tensor '%s' holds NaN or infinity, so nothing can be extracted from it"
                .formatted(damaged.file().path(), damaged.entry().name()),
            Reason.DAMAGED,
            ErrorDetails.in(damaged.file().path()).withTensor(damaged.entry().name()));
      }
      Difference difference = decomposition.difference(tuned, original, scope);
      original.close();
      if (difference.energy() == 0) {
        return;
      }
      FactorPair best = decomposition.of(difference, rule, exact);
      String key = names.key(layer.network(), layer.name());
      target.add(key, layer.original().shape(), best, best.rank());
    }
  }

  private NDArray load(Origin origin, OpenFiles files, NDManager scope) {
    return loader.load(
        files.of(origin.file()), origin.entry(), origin.shape(), ScalarType.FLOAT32, scope);
  }
}
