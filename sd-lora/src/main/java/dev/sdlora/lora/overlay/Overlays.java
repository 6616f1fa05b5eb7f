package dev.sdlora.lora.overlay;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.overlay.Overlay.Slot;
import dev.sdlora.lora.overlay.Overlay.Target;
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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Reads LoRAs into {@linkplain Overlay overlays}. Safe for use by several threads; only one reads
 * at a time.
 */
public final class Overlays {
  /** Embedding tables: programs look up rows in them instead of multiplying by them. */
  private static final List<String> TABLES = List.of(".embeddings.", "embed_tokens.");

  private final Torch torch;
  private final Factors factors;
  private final Program program;

  /** Creates a reader for the models of one owner. */
  public Overlays(Torch torch) {
    this.torch = torch;
    this.factors = new Factors(torch, new TensorLoader(torch));
    this.program = Program.load(torch, Overlays.class, "overlay.torchscript.py");
  }

  /** Whether a change can be applied next to a weight; otherwise the weight must be patched. */
  public static boolean canOverlay(String weight, Change change) {
    return weight.endsWith(".weight")
        && TABLES.stream().noneMatch(weight::contains)
        && Factors.hasLowRankForm(change.module());
  }

  /**
   * Reads the changes of a request that can be overlaid.
   *
   * @param plans the changes of each LoRA of the request at its peak strength
   * @param shapes the shapes of the weights of each network
   * @param type the dtype that the networks compute in
   * @return an overlay at peak strengths; the caller closes it
   * @throws dev.sdlora.api.error.LoraException if a factor holds NaN or infinity
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public Overlay open(
      List<PatchPlan> plans, Map<Network, Map<String, List<Long>>> shapes, ScalarType type) {
    return open(plans, Collections.nCopies(plans.size(), 0), shapes, type);
  }

  /**
   * Reads the changes of LoRAs that act in regions. Their changes to layers {@linkplain
   * Place#NOWHERE without positions} are skipped.
   *
   * @param regions the number of the region of each LoRA, from 1; 0 if it acts in the whole image
   */
  public synchronized Overlay open(
      List<PatchPlan> plans,
      List<Integer> regions,
      Map<Network, Map<String, List<Long>>> shapes,
      ScalarType type) {
    int count = regions.stream().mapToInt(Integer::intValue).max().orElse(0);
    Overlay overlay = new Overlay(torch.scope(), program, count);
    try (OpenFiles files = new OpenFiles()) {
      overlaid(plans, regions, count)
          .forEach(
              (target, weights) ->
                  weights.forEach(
                      (weight, overlaid) -> {
                        List<Long> shape =
                            shapes.getOrDefault(target.network(), Map.of()).get(weight);
                        if (shape == null) {
                          throw new IllegalArgumentException("no weight has the name " + weight);
                        }
                        add(overlay, target, weight, shape, overlaid, files, type);
                      }));
      return overlay;
    } catch (RuntimeException | Error e) {
      overlay.close();
      throw e;
    }
  }

  /** A change with the index of its LoRA in the request and the region in which that LoRA acts. */
  private record OverlaidChange(int use, int region, Change change) {}

  private static Map<Target, Map<String, List<OverlaidChange>>> overlaid(
      List<PatchPlan> plans, List<Integer> regions, int count) {
    Map<Target, Map<String, List<OverlaidChange>>> overlaid = new LinkedHashMap<>();
    for (int i = 0; i < plans.size(); i++) {
      int use = i;
      int region = regions.get(i);
      PatchPlan plan = plans.get(i).where(Overlays::canOverlay);
      plan.changes()
          .forEach(
              (network, weights) ->
                  weights.forEach(
                      (weight, changes) -> {
                        for (Target target : targets(network, weight, region, count)) {
                          List<OverlaidChange> all =
                              overlaid
                                  .computeIfAbsent(target, key -> new LinkedHashMap<>())
                                  .computeIfAbsent(weight, key -> new ArrayList<>());
                          changes.forEach(
                              change -> all.add(new OverlaidChange(use, region, change)));
                        }
                      }));
    }
    return overlaid;
  }

  /** The targets of a change. The text of each region is encoded with the LoRAs that act there. */
  private static List<Target> targets(Network network, String weight, int region, int count) {
    if (network == Network.UNET) {
      boolean lost = region > 0 && Place.of(weight) == Place.NOWHERE;
      return lost ? List.of() : List.of(new Target(network, 0));
    }
    return region > 0
        ? List.of(new Target(network, region))
        : IntStream.rangeClosed(0, count).mapToObj(each -> new Target(network, each)).toList();
  }

  private void add(
      Overlay overlay,
      Target target,
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
        slots.add(new Slot(each.use(), each.region(), rank, product.scale()));
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
          target,
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
