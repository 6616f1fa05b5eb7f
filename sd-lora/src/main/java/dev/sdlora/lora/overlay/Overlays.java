package dev.sdlora.lora.overlay;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.overlay.Overlay.Slot;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads LoRAs into {@linkplain Overlay overlays}. Safe for use by several threads, which take turns
 * in reading.
 */
public final class Overlays {
  /** Tables that programs look rows up in, rather than multiply by. */
  private static final String TABLES = ".embeddings.";

  private final Torch torch;
  private final Factors factors;
  private final Program program;

  /** Reads overlays for models of one owner. */
  public Overlays(Torch torch) {
    this.torch = torch;
    this.factors = new Factors(torch, new TensorLoader(torch));
    this.program = Program.load(torch, Overlays.class, "overlay.torchscript.py");
  }

  /** Whether a change can be made beside a weight; otherwise the weight must be patched. */
  public static boolean canOverlay(String weight, Change change) {
    return weight.endsWith(".weight")
        && !weight.contains(TABLES)
        && Factors.hasLowRankForm(change.module());
  }

  /**
   * Reads those changes of a request that can be overlaid.
   *
   * @param plans for each LoRA of the request, its changes at its peak strength
   * @param shapes of the weights, for each network
   * @param type the number format that the networks compute in
   * @return an overlay at peak strengths; the caller closes it
   * @throws dev.sdlora.api.LoraException if a factor holds NaN or infinity
   * @throws dev.sdlora.api.TensorFileException if a file cannot be read or has changed
   */
  public synchronized Overlay open(
      List<PatchPlan> plans, Map<Network, Map<String, List<Long>>> shapes, ScalarType type) {
    Overlay overlay = new Overlay(torch.scope(), program);
    try (OpenFiles files = new OpenFiles()) {
      overlaid(plans)
          .forEach(
              (network, weights) ->
                  weights.forEach(
                      (weight, overlaid) -> {
                        List<Long> shape = shapes.getOrDefault(network, Map.of()).get(weight);
                        if (shape == null) {
                          throw new IllegalArgumentException("no weight is named " + weight);
                        }
                        add(overlay, network, weight, shape, overlaid, files, type);
                      }));
      return overlay;
    } catch (RuntimeException | Error e) {
      overlay.close();
      throw e;
    }
  }

  /** A change and which LoRA of the request it belongs to. */
  private record OverlaidChange(int use, Change change) {}

  private static Map<Network, Map<String, List<OverlaidChange>>> overlaid(List<PatchPlan> plans) {
    Map<Network, Map<String, List<OverlaidChange>>> overlaid = new EnumMap<>(Network.class);
    for (int i = 0; i < plans.size(); i++) {
      int use = i;
      plans
          .get(i)
          .where(Overlays::canOverlay)
          .changes()
          .forEach(
              (network, weights) ->
                  weights.forEach(
                      (weight, changes) ->
                          changes.forEach(
                              change ->
                                  overlaid
                                      .computeIfAbsent(network, key -> new LinkedHashMap<>())
                                      .computeIfAbsent(weight, key -> new ArrayList<>())
                                      .add(new OverlaidChange(use, change)))));
    }
    return overlaid;
  }

  private void add(
      Overlay overlay,
      Network network,
      String weight,
      List<Long> shape,
      List<OverlaidChange> overlaid,
      OpenFiles files,
      ScalarType type) {
    try (NDManager parts = torch.scope()) {
      List<NDArray> downs = new ArrayList<>();
      List<NDArray> ups = new ArrayList<>();
      List<Slot> slots = new ArrayList<>();
      for (OverlaidChange each : overlaid) {
        LowRank product = product(each.change(), shape, files, parts);
        downs.add(product.down());
        ups.add(product.up());
        int rank = Math.toIntExact(product.down().getShape().get(0));
        slots.add(new Slot(each.use(), rank, product.scale()));
      }
      long rank = slots.stream().mapToLong(Slot::rank).sum();
      long[] downShape = shape.stream().mapToLong(Long::longValue).toArray();
      long[] upShape = downShape.clone();
      downShape[0] = rank;
      upShape[1] = rank;
      for (int i = 2; i < upShape.length; i++) {
        upShape[i] = 1;
      }
      overlay.add(
          network,
          weight,
          join("downs", downs, downShape, type, overlay.scope()),
          join("ups", ups, upShape, type, overlay.scope()),
          slots);
    }
  }

  private LowRank product(Change change, List<Long> shape, OpenFiles files, NDManager scope) {
    Factors limited =
        change.rankLimit().isPresent() ? factors.limitedTo(change.rankLimit().getAsInt()) : factors;
    return limited.product(
        files.of(change.file()), change.module(), shape, change.strength(), scope);
  }

  private NDArray join(
      String method, List<NDArray> parts, long[] shape, ScalarType type, NDManager scope) {
    return program
        .call(method)
        .list(parts.toArray(new NDArray[0]))
        .integers(shape)
        .integer(type.code())
        .run(scope);
  }
}
