package dev.sdlora.lora.make;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.LowRank;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The changes of several modules to one layer, before they are summed. Not safe for use by several
 * threads.
 */
final class LayerChange {
  /** Kinds whose change does not depend on the weight but is not a product of two factors. */
  private static final Set<Kind> ADDITIVE = EnumSet.of(Kind.LOHA, Kind.LOKR, Kind.FULL);

  private final Factors factors;
  private final NDManager scope;
  private final Optional<Layer> layer;
  private final List<LowRank> products = new ArrayList<>();
  private final List<NDArray> whole = new ArrayList<>();
  private final Map<Part, float[]> vectors = new EnumMap<>(Part.class);

  /**
   * Creates a layer without changes.
   *
   * @param scope the manager that owns the tensors read
   * @param layer the layer, if known
   */
  LayerChange(Factors factors, NDManager scope, Optional<Layer> layer) {
    this.factors = factors;
    this.scope = scope;
    this.layer = layer;
  }

  /** A module of a file, with its strength and rank limit. */
  record Source(LoraFile file, LoraModule module, double strength, OptionalInt rankLimit) {}

  /**
   * Adds a module.
   *
   * @throws LoraException if its change depends on the weight, or a number is NaN or infinite
   */
  void add(Source source, TensorFile.Reader reader) {
    LoraModule module = source.module();
    if (module.kind() == Kind.NORM && module.find(Part.W_NORM).isPresent()) {
      NDArray none = scope.zeros(new Shape(module.part(Part.W_NORM).elements()));
      addVector(Part.W_NORM, factors.delta(reader, module, none, source.strength(), scope), source);
    } else if (module.kind() != Kind.NORM && module.changesWeight()) {
      addWeight(source, reader);
    }
    Part bias = module.kind() == Kind.NORM ? Part.B_NORM : Part.DIFF_B;
    factors
        .biasDelta(reader, module, null, source.strength(), scope)
        .ifPresent(delta -> addVector(bias, delta, source));
  }

  private void addWeight(Source source, TensorFile.Reader reader) {
    LoraModule module = source.module();
    Factors limited =
        source.rankLimit().isPresent() ? factors.limitedTo(source.rankLimit().getAsInt()) : factors;
    Optional<LowRank> product = limited.lowRank(reader, module, source.strength(), scope);
    if (product.isPresent()) {
      requireSize(source, product.get().up().getShape(), product.get().down().getShape());
      products.add(product.get());
      return;
    }
    if (!ADDITIVE.contains(module.kind()) || module.find(Part.DORA_SCALE).isPresent()) {
      throw dependsOnWeight(source);
    }
    Layer known = layer.orElseThrow(() -> unknownSize(source));
    NDArray none =
        scope.zeros(new Shape(known.shape().stream().mapToLong(Long::longValue).toArray()));
    whole.add(factors.delta(reader, module, none, source.strength(), scope));
    none.close();
  }

  private void requireSize(Source source, Shape up, Shape down) {
    if (products.isEmpty()) {
      return;
    }
    LowRank first = products.get(0);
    if (up.get(0) != first.up().getShape().get(0)
        || down.get(1) != first.down().getShape().get(1)) {
      throw new LoraException(
          "LoRA '%s': module '%s' changes a %s×%s matrix, but another LoRA changes the layer as a %s×%s matrix;"
                  .formatted(
                      source.file().file().path(),
                      source.module().key(),
                      up.get(0),
                      down.get(1),
                      first.up().getShape().get(0),
                      first.down().getShape().get(1))
              + " they were probably trained for different models",
          Reason.MISFIT,
          ErrorDetails.in(source.file().file().path()).withModule(source.module().key()));
    }
  }

  private void addVector(Part part, NDArray delta, Source source) {
    float[] values = delta.toFloatArray();
    float[] sum = vectors.computeIfAbsent(part, p -> new float[values.length]);
    if (sum.length != values.length) {
      throw new LoraException(
          "LoRA '%s': module '%s' changes a vector of %s numbers, but another LoRA changes one of %s; they were"
                  .formatted(
                      source.file().file().path(), source.module().key(), values.length, sum.length)
              + " probably trained for different models",
          Reason.MISFIT,
          ErrorDetails.in(source.file().file().path()).withModule(source.module().key()));
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] += values[i];
    }
  }

  private static LoraException dependsOnWeight(Source source) {
    LoraModule module = source.module();
    if (module.kind() == Kind.REPLACED) {
      return new LoraException(
          "LoRA '%s': module '%s' replaces a norm of the model, as control LoRAs do, which a merged or resized LoRA cannot; use the file as it is"
              .formatted(source.file().file().path(), module.key()),
          Reason.UNSUPPORTED,
          ErrorDetails.in(source.file().file().path()).withModule(module.key()));
    }
    boolean dora = module.find(Part.DORA_SCALE).isPresent();
    return new LoraException(
        "LoRA '%s': module '%s' is %s, whose effect depends on the weights of the model; bake the file into"
                .formatted(
                    source.file().file().path(),
                    module.key(),
                    dora ? "DoRA" : module.kind().label())
            + " a checkpoint and extract a LoRA from the difference",
        Reason.UNSUPPORTED,
        ErrorDetails.in(source.file().file().path()).withModule(source.module().key()));
  }

  private static LoraException unknownSize(Source source) {
    return new LoraException(
        "LoRA '%s': module '%s' (%s) is for a layer of unknown size; bake the file into a checkpoint"
                .formatted(
                    source.file().file().path(),
                    source.module().key(),
                    source.module().kind().label())
            + " and extract a LoRA from the difference",
        Reason.UNSUPPORTED,
        ErrorDetails.in(source.file().file().path()).withModule(source.module().key()));
  }

  /** The changes that are products of two factors. */
  List<LowRank> products() {
    return products;
  }

  /** The changes of the weight that are not products of two factors. */
  List<NDArray> whole() {
    return whole;
  }

  /** The summed changes of the bias and of normalisations. */
  Map<Part, float[]> vectors() {
    return vectors;
  }
}
