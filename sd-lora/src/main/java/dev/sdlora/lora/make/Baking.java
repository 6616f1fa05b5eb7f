package dev.sdlora.lora.make;

import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Computes weights with LoRAs merged into them, a few at a time. It uses the {@link Patcher} that
 * generation uses, in float32, so the numbers are the same. Not safe for use by several threads.
 */
public final class Baking implements AutoCloseable {
  /** The maximum number of elements in memory at a time, unless a single weight has more. */
  private static final long GROUP_ELEMENTS = 64_000_000;

  private final Torch torch;
  private final TensorLoader loader;
  private final List<Weight> weights;
  private @Nullable Group group;

  /**
   * Creates a baking in the memory of an owner.
   *
   * @param weights the weights in the order in which they will be read; reading them in another
   *     order works but is slow
   */
  public Baking(Torch torch, List<Weight> weights) {
    this.torch = torch;
    this.loader = new TensorLoader(torch);
    this.weights = List.copyOf(weights);
  }

  /**
   * A weight that changes.
   *
   * @param network the network of the weight
   * @param name its name in the network
   * @param origin the original weight
   * @param changes at least one change
   */
  public record Weight(Network network, String name, Origin origin, List<Change> changes) {
    /** Copies the list. */
    public Weight {
      changes = List.copyOf(changes);
    }
  }

  /**
   * Returns the numbers of a changed weight as a flat array.
   *
   * @throws dev.sdlora.api.error.LoraException if a change holds NaN or infinity
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public float[] values(Weight weight) {
    Group current = group;
    if (current == null || !current.weights.contains(weight)) {
      close();
      current = new Group(following(weight));
      group = current;
    }
    return current.values(weight);
  }

  /** The group of weights to compute together: a weight and those that follow it. */
  private List<Weight> following(Weight weight) {
    int from = weights.indexOf(weight);
    int to = from;
    long elements = 0;
    while (to < weights.size() && (to == from || elements < GROUP_ELEMENTS)) {
      elements += weights.get(to).origin().entry().elements();
      to++;
    }
    return weights.subList(from, to);
  }

  /** Frees the weights in memory. */
  @Override
  public void close() {
    Group current = group;
    if (current != null) {
      current.close();
      group = null;
    }
  }

  private final class Group implements AutoCloseable {
    private final List<Weight> weights;
    private final Torch own = torch.child();
    private final Map<Network, LiveWeights> live = new EnumMap<>(Network.class);

    Group(List<Weight> weights) {
      this.weights = weights;
      try {
        Map<Network, Map<String, Origin>> origins = new EnumMap<>(Network.class);
        Map<Network, Map<String, List<Change>>> changes = new EnumMap<>(Network.class);
        for (Weight weight : weights) {
          origins
              .computeIfAbsent(weight.network(), network -> new LinkedHashMap<>())
              .put(weight.name(), weight.origin());
          changes
              .computeIfAbsent(weight.network(), network -> new LinkedHashMap<>())
              .put(weight.name(), weight.changes());
        }
        origins.forEach(
            (network, places) ->
                live.put(network, LiveWeights.load(own, loader, places, ScalarType.FLOAT32)));
        new Patcher(own, loader, live).apply(new PatchPlan(changes));
      } catch (RuntimeException | Error e) {
        close();
        throw e;
      }
    }

    float[] values(Weight weight) {
      LiveWeights network = live.get(weight.network());
      if (network == null) {
        throw new IllegalStateException("no weights of " + weight.network());
      }
      return network.values(weight.name());
    }

    @Override
    public void close() {
      live.values().forEach(LiveWeights::close);
      own.close();
    }
  }

  /** The bytes of numbers rounded to a checkpoint's floating-point dtype. */
  public static SafetensorsWriter.Source source(float[] values, DType dtype) {
    if (dtype != DType.F64) {
      return SafetensorsWriter.floats(values, dtype);
    }
    return channel -> {
      ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES << 13).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < values.length; i++) {
        bytes.putDouble(values[i]);
        if (!bytes.hasRemaining() || i == values.length - 1) {
          channel.write(bytes.flip());
          bytes.clear();
        }
      }
    };
  }
}
