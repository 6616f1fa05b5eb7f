package dev.sdlora.training.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.sdlora.api.value.Checks;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.data.SeededRandom;
import dev.sdlora.training.option.AdapterKind;
import dev.sdlora.training.option.AdapterOptions;
import dev.sdlora.training.step.JointNames;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The trained tensors of an adapter of any kind, for each layer. They live as long as the owner of
 * the native memory. Not safe for use by several threads.
 */
public final class AdapterParameters {
  private final AdapterOptions options;
  private final long seed;
  private final List<FactorLayout> layouts;
  private final Map<Network, Map<String, NDArray>> weights = new EnumMap<>(Network.class);

  /**
   * Creates tensors with their first values, which change nothing yet.
   *
   * @param modules the layers, at least one
   * @param options the kind of the changes
   * @param frozen the weights of the networks by their {@link JointNames}, of which DoRA reads the
   *     norms
   * @param seed the seed of the random numbers
   */
  public AdapterParameters(
      Torch torch,
      List<AdapterModule> modules,
      AdapterOptions options,
      Map<String, NDArray> frozen,
      long seed) {
    this.options = options;
    this.seed = seed;
    this.layouts = modules.stream().map(module -> FactorLayout.of(options, module)).toList();
    SplittableRandom random = SeededRandom.of(seed, "start", 0);
    for (FactorLayout layout : layouts) {
      Network network = layout.module().network();
      Map<String, NDArray> own = weights.computeIfAbsent(network, any -> new LinkedHashMap<>());
      for (Factor factor : layout.factors()) {
        float[] values =
            factor.start().distribution() == Factor.Distribution.ROW_NORMS
                ? rowNorms(frozen, name(layout.module(), "weight"))
                : drawn(factor, random);
        long[] sides = factor.shape().stream().mapToLong(Long::longValue).toArray();
        NDArray tensor = Torch.floats(torch.manager(), values, sides);
        tensor.setRequiresGradient(true);
        own.put(name(layout.module(), factor.name()), tensor);
      }
    }
  }

  private static String name(AdapterModule module, String tensor) {
    return JointNames.of(module.network(), module.name() + "." + tensor);
  }

  private static float[] drawn(Factor factor, SplittableRandom random) {
    float[] values = new float[factor.size()];
    double size = factor.start().size();
    switch (factor.start().distribution()) {
      case UNIFORM -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextDouble(-size, size);
        }
      }
      case NORMAL -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (random.nextGaussian() * size);
        }
      }
      case ZERO, ROW_NORMS -> {}
    }
    return values;
  }

  private static float[] rowNorms(Map<String, NDArray> frozen, String name) {
    NDArray weight = Objects.requireNonNull(frozen.get(name), name);
    int rows = Math.toIntExact(weight.getShape().get(0));
    float[] norms = new float[rows];
    try (NDArray single = weight.toType(DataType.FLOAT32, true)) {
      float[] values = single.toFloatArray();
      int columns = values.length / rows;
      for (int row = 0; row < rows; row++) {
        double sum = 0;
        for (int i = row * columns; i < (row + 1) * columns; i++) {
          sum += (double) values[i] * values[i];
        }
        norms[row] = (float) Math.sqrt(sum);
      }
    }
    return norms;
  }

  /** The number of trained numbers of layers. */
  public static long size(List<AdapterModule> modules, AdapterOptions options) {
    return modules.stream()
        .flatMap(module -> FactorLayout.of(options, module).factors().stream())
        .mapToLong(Factor::size)
        .sum();
  }

  /** The layers. */
  public List<AdapterModule> modules() {
    return layouts.stream().map(FactorLayout::module).toList();
  }

  /** The tensors of each layer. */
  List<FactorLayout> layouts() {
    return layouts;
  }

  /** A tensor of a layer. */
  NDArray weight(AdapterModule module, Factor factor) {
    String name = name(module, factor.name());
    return Objects.requireNonNull(weights(module.network()).get(name), name);
  }

  /**
   * The tensors of one network by their {@link JointNames}; empty if the network is not trained.
   */
  public Map<String, NDArray> weights(Network network) {
    return weights.getOrDefault(network, Map.of());
  }

  /** The tensors of all networks by their {@link JointNames}. */
  public Map<String, NDArray> weights() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    weights.values().forEach(all::putAll);
    return all;
  }

  /** The tensors, grouped by network and learning rate. */
  public List<ParameterGroup> groups() {
    Map<Network, Map<Double, Map<String, NDArray>>> groups = new EnumMap<>(Network.class);
    for (FactorLayout layout : layouts) {
      AdapterModule module = layout.module();
      for (Factor factor : layout.factors()) {
        double rate = module.rateFactor() * (factor.plus() ? options.loraPlusRatio() : 1);
        groups
            .computeIfAbsent(module.network(), any -> new TreeMap<>())
            .computeIfAbsent(rate, any -> new LinkedHashMap<>())
            .put(name(module, factor.name()), weight(module, factor));
      }
    }
    List<ParameterGroup> list = new ArrayList<>();
    groups.forEach(
        (network, rates) ->
            rates.forEach((rate, own) -> list.add(new ParameterGroup(network, rate, own))));
    return list;
  }

  /**
   * The tensors and the scales on their changes, without dropouts.
   *
   * @param strengths the strength of the adapter for each member of a batch; 1 for DoRA
   * @param chunks the number of chunks of each member's caption; text encoders process each as a
   *     member of its own
   * @param scope the manager that will own the scales
   * @throws IllegalArgumentException if DoRA has another strength than 1
   */
  public Map<String, NDArray> tensors(float[] strengths, int chunks, NDManager scope) {
    return tensors(strengths, chunks, Optional.empty(), scope);
  }

  /**
   * The tensors and the scales on their changes for a batch of the training, with its dropouts.
   *
   * @param strengths the strength of the adapter for each member of the batch; 1 for DoRA
   * @param chunks the number of chunks of each member's caption; text encoders process each as a
   *     member of its own
   * @param batch the index of the batch, from which the dropouts are drawn
   * @param scope the manager that will own the scales
   * @throws IllegalArgumentException if DoRA has another strength than 1
   */
  public Map<String, NDArray> tensors(float[] strengths, int chunks, long batch, NDManager scope) {
    return tensors(strengths, chunks, Optional.of(new Dropouts(options, seed, batch)), scope);
  }

  private Map<String, NDArray> tensors(
      float[] strengths, int chunks, Optional<Dropouts> dropouts, NDManager scope) {
    if (options.dora()) {
      for (float strength : strengths) {
        Checks.require(strength == 1, "strength", "be 1 for DoRA", strength);
      }
    }
    // One scale lets kinds that build weights build one for all members.
    boolean factored = options.kind() == AdapterKind.LORA && !options.dora();
    boolean joint = !factored && equal(strengths);
    Map<String, NDArray> tensors = weights();
    for (FactorLayout layout : layouts) {
      AdapterModule module = layout.module();
      int copies = module.network() == Network.UNET ? 1 : chunks;
      if (dropouts.isPresent() && dropouts.get().skipsModule()) {
        // Without a scale, programs leave the layer unchanged.
        continue;
      }
      float[] scales = new float[joint ? 1 : strengths.length * copies];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = (float) (strengths[i / copies] * layout.scale());
      }
      tensors.put(name(module, "lora_scale"), Torch.floats(scope, scales, scales.length));
      dropouts.ifPresent(
          drawn -> drawn.add(module, strengths.length * copies, name(module, ""), tensors, scope));
    }
    return tensors;
  }

  private static boolean equal(float[] values) {
    for (float value : values) {
      if (value != values[0]) {
        return false;
      }
    }
    return true;
  }
}
