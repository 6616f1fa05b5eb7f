package dev.sdlora.lora.overlay;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The LoRAs of one request, applied next to the weights instead of in them. For each module {@code
 * p} that they change, the programs find three tensors in addition to {@code p.weight}: {@code
 * p.lora_down.weight}, {@code p.lora_up.weight} and {@code p.lora_scale}, and add {@code up ·
 * (scale · (down · x))} to the output. Several LoRAs on one module are concatenated along the rank,
 * so a module costs two products however many LoRAs change it, and only the scales change from step
 * to step.
 *
 * <p>LoRAs that act in a part of the image have regions, counted from 1; region 0 is the whole
 * image. If such LoRAs change a module of the U-Net, the module has one more tensor, named by its
 * {@link Place}: a [regions + 1, rank] mask that is 1 where a rank component belongs to a region
 * and 0 elsewhere. A text encoder has one overlay for each region, with the LoRAs that act there.
 *
 * <p>Not safe for use by several threads; programs may read it as long as nobody changes the
 * scales.
 */
public final class Overlay implements AutoCloseable {
  private static final String WEIGHT = ".weight";

  private final NDManager scope;
  private final Program program;
  private final int regions;
  private final Map<Target, Map<String, NDArray>> tensors = new HashMap<>();
  private final List<Scale> unetScales = new ArrayList<>();

  /**
   * The rank components that one LoRA occupies in a module.
   *
   * @param use the index of the LoRA in the request
   * @param region the region in which it acts; 0 for the whole image
   * @param rank the number of its components
   * @param scale the factor on its product at its peak strength
   */
  record Slot(int use, int region, int rank, double scale) {}

  /** A network and, for text encoders, the region whose text it encodes. */
  record Target(Network network, int region) {}

  /** The scales of a module and the LoRAs they belong to. */
  private record Scale(NDArray tensor, List<Slot> slots) {}

  /** Creates an empty overlay for this number of regions. It closes the scope when it is closed. */
  Overlay(NDManager scope, Program program, int regions) {
    this.scope = scope;
    this.program = program;
    this.regions = regions;
  }

  /** The scope that owns the tensors; closing the overlay frees everything in it. */
  public NDManager scope() {
    return scope;
  }

  /** Adds a module with the scales of the peak strengths. */
  void add(Target target, String weight, NDArray down, NDArray up, List<Slot> slots) {
    float[] values = new float[rank(slots)];
    fill(values, 0, slots, slot -> slot.scale);
    // One factor for each output channel of the first product.
    long[] shape = new long[down.getShape().dimension() == 2 ? 2 : 4];
    Arrays.fill(shape, 1);
    shape[1] = values.length;
    NDArray scale = Torch.floats(scope, values, shape);
    String module = weight.substring(0, weight.length() - WEIGHT.length());
    Map<String, NDArray> entries = tensors.computeIfAbsent(target, key -> new LinkedHashMap<>());
    if (target.network == Network.UNET && slots.stream().anyMatch(slot -> slot.region > 0)) {
      Place place = Place.of(weight);
      module += place.suffix();
      entries.put(module + place.regions(), regions(slots));
    }
    entries.put(module + ".lora_down.weight", down);
    entries.put(module + ".lora_up.weight", up);
    entries.put(module + ".lora_scale", scale);
    if (target.network == Network.UNET) {
      unetScales.add(new Scale(scale, slots));
    }
  }

  /** The mask of the region that each component belongs to. */
  private NDArray regions(List<Slot> slots) {
    int rank = rank(slots);
    float[] members = new float[(regions + 1) * rank];
    int at = 0;
    for (Slot slot : slots) {
      int from = slot.region * rank + at;
      Arrays.fill(members, from, from + slot.rank, 1);
      at += slot.rank;
    }
    return Torch.floats(scope, members, regions + 1, rank);
  }

  /**
   * The additional tensors of a network by name, empty if no LoRA changes it. For a text encoder,
   * those of the LoRAs that act in the whole image.
   */
  public Map<String, NDArray> tensors(Network network) {
    return tensors(network, 0);
  }

  /** The additional tensors of a text encoder for the text of a region. */
  public Map<String, NDArray> tensors(Network network, int region) {
    return Collections.unmodifiableMap(tensors.getOrDefault(new Target(network, region), Map.of()));
  }

  /**
   * Changes the strengths of the LoRAs in the U-Net. Their strengths in the text encoder stay.
   *
   * @param shares the strength of each LoRA of the request, as a share of its peak
   */
  public void scale(double[] shares) {
    if (unetScales.isEmpty()) {
      return;
    }
    float[] values = new float[unetScales.stream().mapToInt(scale -> rank(scale.slots)).sum()];
    int at = 0;
    for (Scale scale : unetScales) {
      at = fill(values, at, scale.slots, slot -> slot.scale * shares[slot.use]);
    }
    try (NDManager step = scope.newSubManager()) {
      program
          .call("rescale")
          .list(unetScales.stream().map(Scale::tensor).toArray(NDArray[]::new))
          .tensor(Torch.floats(step, values, values.length))
          .run(step);
    }
  }

  private static int rank(List<Slot> slots) {
    return slots.stream().mapToInt(Slot::rank).sum();
  }

  private static int fill(
      float[] values, int from, List<Slot> slots, ToDoubleFunction<Slot> scale) {
    int at = from;
    for (Slot slot : slots) {
      Arrays.fill(values, at, at + slot.rank, (float) scale.applyAsDouble(slot));
      at += slot.rank;
    }
    return at;
  }

  /** Frees the tensors. */
  @Override
  public void close() {
    scope.close();
  }
}
