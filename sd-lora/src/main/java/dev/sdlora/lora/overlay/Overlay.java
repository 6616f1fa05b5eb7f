package dev.sdlora.lora.overlay;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.lora.plan.Network;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * The LoRAs of one request beside the weights. For each module {@code p} that they change, the
 * programs find three more tensors beside {@code p.weight}: {@code p.lora_down.weight}, {@code
 * p.lora_up.weight} and {@code p.lora_scale}, and add {@code up · (scale · (down · x))} to the
 * output. Several LoRAs on one module lie side by side along the rank, so a module costs two
 * products whatever their number, and only the scales change from step to step.
 *
 * <p>Not safe for several threads; programs may read it while nobody changes the scales.
 */
public final class Overlay implements AutoCloseable {
  private final NDManager scope;
  private final Map<Network, Map<String, NDArray>> tensors = new EnumMap<>(Network.class);
  private final Map<NDArray, List<Slot>> scales = new LinkedHashMap<>();

  /**
   * One LoRA's place in the rank of a module.
   *
   * @param use the LoRA's place in the request
   * @param rank how many components it has
   * @param scale factor on its product at its peak strength
   */
  record Slot(int use, int rank, double scale) {}

  /** An overlay of nothing. The scope is closed with it. */
  Overlay(NDManager scope) {
    this.scope = scope;
  }

  NDManager scope() {
    return scope;
  }

  /** Adds a module; its scales are those of the peak strengths. */
  void add(Network network, String weight, NDArray down, NDArray up, List<Slot> slots) {
    String module = weight.substring(0, weight.length() - ".weight".length());
    int rank = slots.stream().mapToInt(Slot::rank).sum();
    int dimensions = down.getShape().dimension();
    long[] shape = dimensions == 2 ? new long[] {1, rank} : new long[] {1, rank, 1, 1};
    NDArray scale = scope.create(new Shape(shape));
    scales.put(scale, slots);
    set(scale, slots, use -> 1);
    Map<String, NDArray> entries =
        tensors.computeIfAbsent(network, key -> new LinkedHashMap<>());
    entries.put(module + ".lora_down.weight", down);
    entries.put(module + ".lora_up.weight", up);
    entries.put(module + ".lora_scale", scale);
  }

  /** The tensors beside the weights of a network, by name; empty if its weights stay alone. */
  public Map<String, NDArray> tensors(Network network) {
    return Collections.unmodifiableMap(tensors.getOrDefault(network, Map.of()));
  }

  /**
   * Changes how strongly the LoRAs act in the U-Net. The text encoder's part stays.
   *
   * @param shares for each LoRA of the request, its strength as a share of its peak
   */
  public void scale(double[] shares) {
    Map<String, NDArray> unet = tensors(Network.UNET);
    unet.forEach(
        (name, tensor) -> {
          List<Slot> slots = scales.get(tensor);
          if (slots != null) {
            set(tensor, slots, use -> shares[use]);
          }
        });
  }

  private static void set(
      NDArray scale, List<Slot> slots, IntToDoubleFunction share) {
    int rank = slots.stream().mapToInt(Slot::rank).sum();
    FloatBuffer values = FloatBuffer.allocate(rank);
    for (Slot slot : slots) {
      float value = (float) (slot.scale() * share.applyAsDouble(slot.use()));
      for (int i = 0; i < slot.rank(); i++) {
        values.put(value);
      }
    }
    scale.set(values.flip());
  }

  /** Frees the tensors. */
  @Override
  public void close() {
    scope.close();
  }
}
