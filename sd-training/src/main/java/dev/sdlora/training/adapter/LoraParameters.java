package dev.sdlora.training.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.make.AdapterModule;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.data.SeededRandom;
import dev.sdlora.training.step.JointNames;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The trainable parameters of a LoRA: two factors for each layer. They live as long as the owner of
 * the native memory. Not safe for use by several threads.
 */
public final class LoraParameters {
  private final List<AdapterModule> modules;
  private final double alpha;
  private final Map<Network, Map<String, NDArray>> weights = new EnumMap<>(Network.class);

  /**
   * Creates initial factors: the first is random within ±1/√in, PyTorch's initialization of linear
   * layers; the second is zero, so that nothing is changed yet.
   *
   * @param modules the layers, at least one
   * @param alpha the alpha; the change is {@code alpha / rank · up · down}
   * @param seed the seed of the random numbers
   */
  public LoraParameters(Torch torch, List<AdapterModule> modules, double alpha, long seed) {
    this.modules = List.copyOf(modules);
    this.alpha = alpha;
    SplittableRandom random = SeededRandom.of(seed, "start", 0);
    for (AdapterModule module : modules) {
      Network network = module.network();
      Map<String, NDArray> own = weights.computeIfAbsent(network, any -> new LinkedHashMap<>());
      double bound = 1 / Math.sqrt((double) module.fanIn());
      own.put(
          JointNames.of(network, module.down()), tensor(torch, module.downShape(), random, bound));
      own.put(JointNames.of(network, module.up()), tensor(torch, module.upShape(), random, 0));
    }
  }

  private static NDArray tensor(
      Torch torch, List<Long> shape, SplittableRandom random, double bound) {
    float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))];
    for (int i = 0; bound > 0 && i < values.length; i++) {
      values[i] = (float) random.nextDouble(-bound, bound);
    }
    long[] sides = shape.stream().mapToLong(Long::longValue).toArray();
    NDArray tensor = Torch.floats(torch.manager(), values, sides);
    tensor.setRequiresGradient(true);
    return tensor;
  }

  /** The layers. */
  public List<AdapterModule> modules() {
    return modules;
  }

  /** The alpha of every layer. */
  public double alpha() {
    return alpha;
  }

  /**
   * The factors of one network by their {@link JointNames}; empty if the network is not trained.
   */
  public Map<String, NDArray> weights(Network network) {
    return weights.getOrDefault(network, Map.of());
  }

  /** The factors, grouped by learning rate. */
  public List<ParameterGroup> groups() {
    List<ParameterGroup> groups = new ArrayList<>();
    weights.forEach((network, own) -> groups.add(new ParameterGroup(network, 1, own)));
    return groups;
  }

  /** The factors of all networks by their {@link JointNames}. */
  public Map<String, NDArray> weights() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    weights.values().forEach(all::putAll);
    return all;
  }

  /**
   * The factors and the scales on their changes, {@code strength · alpha / rank} for each member of
   * a batch.
   *
   * @param strengths the strength of the LoRA for each member
   * @param chunks the number of chunks of each member's caption; text encoders process each as a
   *     member of its own
   * @param scope the manager that will own the scales
   */
  public Map<String, NDArray> tensors(float[] strengths, int chunks, NDManager scope) {
    Map<String, NDArray> tensors = weights();
    for (AdapterModule module : modules) {
      int copies = module.network() == Network.UNET ? 1 : chunks;
      float[] scales = new float[strengths.length * copies];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = (float) (strengths[i / copies] * alpha / module.rank());
      }
      tensors.put(
          JointNames.of(module.network(), module.name() + ".lora_scale"),
          Torch.floats(scope, scales, scales.length));
    }
    return tensors;
  }
}
