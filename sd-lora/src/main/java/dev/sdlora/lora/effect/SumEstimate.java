package dev.sdlora.lora.effect;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.WeakHashMap;

/**
 * Estimates how far plans move the blocks of a checkpoint. To be fast enough for every request, it
 * caches norms: those of a file's changes at strength 1, computed once, and those of the
 * checkpoint's weights, computed from a sample of their numbers. Changes of different files are
 * assumed to be orthogonal, which {@link EffectMeter} shows to be nearly true; changes of one file
 * add up. Biases are ignored. Safe for use by several threads.
 */
public final class SumEstimate {
  /** The number of evenly spaced pieces that are read of a weight. */
  private static final int PIECES = 8;

  private static final int PIECE = 2048;

  private final Map<Network, Map<String, Origin>> weights;
  private final Map<Network, BlockNames> names = new HashMap<>();
  private final Map<Place, Double> weightSquares = new HashMap<>();

  /** Weak keys, so that the norms of unused files are freed. */
  private final Map<TensorFile, Map<Key, Double>> norms = new WeakHashMap<>();

  private record Place(Network network, String weight) {}

  /**
   * The key of a norm: a module may change several weights, and several modules may change one
   * weight.
   */
  private record Key(Place place, LoraModule module) {}

  private record BlockPlace(Network network, String block) {}

  /** Creates estimates for a checkpoint. */
  public SumEstimate(Map<Network, Map<String, Origin>> weights) {
    this.weights = weights;
    weights.forEach((network, origins) -> names.put(network, new BlockNames(origins.keySet())));
  }

  /**
   * Estimates the sum of plans.
   *
   * @param plans the plans, one for each LoRA
   * @param shares the share of its strength at which each plan acts
   * @return the blocks with changed weights
   * @throws dev.sdlora.api.error.LoraException if a change that is not yet cached is damaged
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public synchronized List<BlockChange> of(List<PatchPlan> plans, double... shares) {
    learn(plans);
    Map<BlockPlace, Sum> sums = new LinkedHashMap<>();
    weights.forEach(
        (network, origins) ->
            origins
                .keySet()
                .forEach(
                    name -> {
                      double change = squares(new Place(network, name), plans, shares);
                      if (change > 0) {
                        BlockNames blocks = names.get(network);
                        String block = blocks == null ? "" : blocks.of(network, name);
                        sums.computeIfAbsent(new BlockPlace(network, block), place -> new Sum())
                            .add(change, weightSquares.getOrDefault(new Place(network, name), 0.0));
                      }
                    }));
    List<BlockChange> blocks = new ArrayList<>();
    sums.forEach((place, sum) -> blocks.add(sum.block(place.network, place.block)));
    return blocks;
  }

  /** The sum of squares of the change of a weight. */
  private double squares(Place place, List<PatchPlan> plans, double... shares) {
    Map<TensorFile, Map<LoraModule, Double>> strengths = new HashMap<>();
    for (int i = 0; i < plans.size(); i++) {
      for (Change change : changes(plans.get(i), place)) {
        strengths
            .computeIfAbsent(change.file(), file -> new HashMap<>())
            .merge(change.module(), change.strength() * shares[i], Double::sum);
      }
    }
    double squares = 0;
    for (Map.Entry<TensorFile, Map<LoraModule, Double>> file : strengths.entrySet()) {
      Map<Key, Double> known = norms.getOrDefault(file.getKey(), Map.of());
      for (Map.Entry<LoraModule, Double> module : file.getValue().entrySet()) {
        double norm = known.getOrDefault(new Key(place, module.getKey()), 0.0);
        squares += Math.pow(norm * module.getValue(), 2);
      }
    }
    return squares;
  }

  private static List<Change> changes(PatchPlan plan, Place place) {
    return place.weight.endsWith(".bias")
        ? List.of()
        : plan.changes()
            .getOrDefault(place.network, Map.of())
            .getOrDefault(place.weight, List.of());
  }

  /** Computes the norms that are not yet cached. */
  private void learn(List<PatchPlan> plans) {
    Map<Key, Change> unknown = new LinkedHashMap<>();
    weights.forEach(
        (network, origins) ->
            origins
                .keySet()
                .forEach(
                    name -> {
                      Place place = new Place(network, name);
                      for (PatchPlan plan : plans) {
                        for (Change change : changes(plan, place)) {
                          Key key = new Key(place, change.module());
                          if (!norms.getOrDefault(change.file(), Map.of()).containsKey(key)) {
                            unknown.put(key, change);
                          }
                        }
                      }
                    }));
    if (unknown.isEmpty()) {
      return;
    }
    try (Torch torch = Torch.open("cpu");
        OpenFiles files = new OpenFiles()) {
      ChangeReader reader = new ChangeReader(torch, new TensorLoader(torch));
      ThreadLimit.alone(
          () ->
              unknown.forEach(
                  (key, change) -> {
                    Cancellation.check();
                    double norm = norm(key.place, change, reader, files, torch);
                    norms.computeIfAbsent(change.file(), file -> new HashMap<>()).put(key, norm);
                  }));
    }
  }

  /** The norm of a change at strength 1, at its full rank. */
  private double norm(
      Place place, Change change, ChangeReader reader, OpenFiles files, Torch torch) {
    Map<String, Origin> origins = weights.getOrDefault(place.network, Map.of());
    Origin origin = origins.get(place.weight);
    if (origin == null) {
      return 0;
    }
    weightSquares.computeIfAbsent(place, unknown -> sampledSquares(origin, files));
    Change whole = new Change(change.file(), change.module(), 1, OptionalInt.empty());
    try (NDManager scope = torch.scope()) {
      WeightChange added =
          reader
              .product(whole, files, scope)
              .orElseGet(
                  () ->
                      reader.change(
                          place.weight, whole, reader.weight(origin, files, scope), files, scope));
      return Math.sqrt(Math.max(0, reader.inner(added, added, scope)));
    }
  }

  /** The sum of squares of a weight, extrapolated from a sample; exact if the weight is small. */
  static double sampledSquares(Origin origin, OpenFiles files) {
    TensorEntry entry = origin.entry();
    TensorFile.Reader reader = files.of(origin.file());
    long elements = entry.elements();
    double squares = 0;
    long read = 0;
    int pieces = elements <= (long) PIECES * PIECE ? 1 : PIECES;
    for (int i = 0; i < pieces; i++) {
      int count = (int) (pieces == 1 ? elements : PIECE);
      long first = pieces == 1 ? 0 : (elements - count) * i / (pieces - 1);
      for (float value : reader.floats(entry, first, count)) {
        squares += (double) value * value;
      }
      read += count;
    }
    return read == 0 ? 0 : squares * elements / read;
  }

  /** Sums of squares over the weights of a block. */
  private static final class Sum {
    private int weights;
    private double change;
    private double weight;

    void add(double changeSquares, double ofWeight) {
      weights++;
      change += changeSquares;
      weight += ofWeight;
    }

    BlockChange block(Network network, String name) {
      return new BlockChange(
          BlockNames.part(network), name, weights, Math.sqrt(change), Math.sqrt(weight));
    }
  }
}
