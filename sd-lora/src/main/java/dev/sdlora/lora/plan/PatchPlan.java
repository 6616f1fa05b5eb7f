package dev.sdlora.lora.plan;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.Extent;
import dev.sdlora.lora.format.Kind;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import dev.sdlora.tensors.file.TensorFile;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * The changes that a set of LoRAs makes to a checkpoint. Plans with equal changes are equal.
 *
 * @param changes the changes of each changed weight, by network
 */
public record PatchPlan(Map<Network, Map<String, List<Change>>> changes) {

  /** The plan that changes nothing. */
  public static final PatchPlan NONE = new PatchPlan(Map.of());

  /**
   * The contribution of one module to the new value of a weight.
   *
   * @param file the LoRA file
   * @param module the module in it
   * @param strength the factor on its product, excluding alpha / rank; never 0
   * @param rankLimit the number of leading rank components to use; empty for all
   */
  public record Change(
      TensorFile file, LoraModule module, double strength, OptionalInt rankLimit) {}

  /**
   * The result of matching the modules of one LoRA with the checkpoint.
   *
   * @param matched the number of modules that belong to a layer
   * @param unmatched the names in the file of the modules that belong to no layer, including stray
   *     tensors
   * @param repeated the names in the file of the modules that are left out because the file holds
   *     the same change a second time, under another name
   */
  public record Match(int matched, List<String> unmatched, List<String> repeated) {
    /** Copies the lists. */
    public Match {
      unmatched = List.copyOf(unmatched);
      repeated = List.copyOf(repeated);
    }

    /** A match of a file without repetitions. */
    public Match(int matched, List<String> unmatched) {
      this(matched, unmatched, List.of());
    }
  }

  /**
   * A plan with the matches of its LoRAs.
   *
   * @param matches one match for each LoRA, in order
   */
  public record Matched(PatchPlan plan, List<Match> matches) {}

  /**
   * Plans a set of LoRAs. Modules at strength 0 are matched but change nothing.
   *
   * @param index the layers of the checkpoint
   * @param checkpoint its name, for messages
   * @param family its family, for messages
   * @param uses the LoRAs in order
   * @throws LoraException if no module of a LoRA fits, one has the wrong shape, or block weights
   *     are for another family
   */
  public static PatchPlan of(
      ModuleIndex index, String checkpoint, ModelFamily family, List<LoraUse> uses) {
    return match(index, checkpoint, family, uses).plan();
  }

  /** Plans a set of LoRAs like {@link #of} and also returns how each LoRA matches. */
  public static Matched match(
      ModuleIndex index, String checkpoint, ModelFamily family, List<LoraUse> uses) {
    List<Match> matches = new ArrayList<>();
    List<PatchPlan> alone = new ArrayList<>();
    for (LoraUse use : uses) {
      FamilyChecks.require(use, checkpoint, family);
      Map<Network, Map<String, List<Change>>> own = new EnumMap<>(Network.class);
      matches.add(add(index, checkpoint, family, use, own));
      alone.add(new PatchPlan(own));
    }
    ControlInput.requireOne(uses, alone);
    return new Matched(joined(alone), List.copyOf(matches));
  }

  /** Joins plans of single LoRAs into that of their set. */
  public static PatchPlan joined(List<PatchPlan> plans) {
    Map<Network, Map<String, List<Change>>> changes = new EnumMap<>(Network.class);
    for (PatchPlan plan : plans) {
      plan.changes.forEach(
          (network, weights) ->
              weights.forEach(
                  (weight, more) ->
                      changes
                          .computeIfAbsent(network, each -> new LinkedHashMap<>())
                          .computeIfAbsent(weight, each -> new ArrayList<>())
                          .addAll(more)));
    }
    return new PatchPlan(changes);
  }

  /** A plan with only the changes that satisfy a condition on the weight's name and the change. */
  public PatchPlan where(BiPredicate<String, Change> condition) {
    Map<Network, Map<String, List<Change>>> chosen = new EnumMap<>(Network.class);
    changes.forEach(
        (network, weights) ->
            weights.forEach(
                (weight, all) -> {
                  List<Change> some =
                      all.stream().filter(change -> condition.test(weight, change)).toList();
                  if (!some.isEmpty()) {
                    chosen.computeIfAbsent(network, key -> new LinkedHashMap<>()).put(weight, some);
                  }
                }));
    return new PatchPlan(chosen);
  }

  /** The changes of weights that the networks themselves have. */
  public PatchPlan ofWeights() {
    return where((weight, change) -> !ControlInput.isAdded(weight));
  }

  /** The changes of {@linkplain ControlInput weights that LoRAs add}, which must be overlaid. */
  public PatchPlan ofAddedWeights() {
    return where((weight, change) -> ControlInput.isAdded(weight));
  }

  private static Match add(
      ModuleIndex index,
      String checkpoint,
      ModelFamily family,
      LoraUse use,
      Map<Network, Map<String, List<Change>>> changes) {
    List<String> unmatched = new ArrayList<>();
    Map<Share, String> seen = new HashMap<>();
    Set<LoraModule> repeated = index.repeated(use.file().modules());
    int matched = 0;
    for (LoraModule module : use.file().modules()) {
      Stack stack = index.stack(module.key());
      if (stack.isEmpty()) {
        unmatched.add(module.key());
        continue;
      }
      if (repeated.contains(module)) {
        continue;
      }
      matched++;
      for (Placed placed : placed(index, checkpoint, use, module, stack)) {
        Layer layer = placed.layer();
        String other = seen.put(new Share(layer, module.kind()), module.key());
        if (other != null) {
          throw twice(use, other, module, layer);
        }
        double strength = use.strength(layer.network(), index.block(layer), family);
        if (strength != 0) {
          Change change =
              new Change(use.file().file(), placed.module(), strength, use.strength().rankLimit());
          for (String weight : weights(layer, placed.module())) {
            changes
                .computeIfAbsent(layer.network(), network -> new LinkedHashMap<>())
                .computeIfAbsent(weight, name -> new ArrayList<>())
                .add(change);
          }
        }
      }
    }
    if (matched == 0) {
      throw new LoraException(
          "LoRA '%s' (%s): none of its %s modules matches checkpoint '%s'; the first is '%s', so it is"
                  .formatted(
                      use.name(),
                      use.file().file().path(),
                      use.file().modules().size(),
                      checkpoint,
                      unmatched.get(0))
              + " probably for another kind of model",
          Reason.NOTHING_MATCHED,
          ErrorDetails.in(use.file().file().path()).withName(use.name()));
    }
    unmatched.addAll(use.file().strays());
    return new Match(matched, unmatched, repeated.stream().map(LoraModule::key).toList());
  }

  private static List<Placed> placed(
      ModuleIndex index, String checkpoint, LoraUse use, LoraModule module, Stack stack) {
    Layer layer = stack.joined();
    if (ControlInput.isWider(module, layer)) {
      Layer added =
          ControlInput.layer(index)
              .orElseThrow(() -> ControlInput.unreadable(use, checkpoint, module, layer));
      return ControlInput.divide(module, layer, added);
    }
    requireShape(use, checkpoint, module, layer);
    return Placed.of(stack, use.file().file(), module);
  }

  private static LoraException twice(LoraUse use, String other, LoraModule module, Layer layer) {
    return new LoraException(
        "LoRA '%s' (%s): modules '%s' and '%s' both change '%s' by %s; the file was probably merged"
                .formatted(
                    use.name(),
                    use.file().file().path(),
                    other,
                    module.key(),
                    layer.weight(),
                    module.kind().label())
            + " from two files",
        Reason.DAMAGED,
        ErrorDetails.in(use.file().file().path()).withName(use.name()).withModule(module.key()));
  }

  /** The part of a layer's change that only one module of a file may contribute. */
  private record Share(Layer layer, Kind kind) {}

  /**
   * The names of the parameters of a layer that a module changes: its weight, its bias, or both.
   */
  private static List<String> weights(Layer layer, LoraModule module) {
    List<String> names = new ArrayList<>();
    if (module.changesWeight()) {
      names.add(layer.weight());
    }
    if (module.changesBias()) {
      names.add(layer.bias().orElseThrow());
    }
    return names;
  }

  private static void requireShape(LoraUse use, String checkpoint, LoraModule module, Layer layer) {
    Extent extent = module.extent();
    if (!extent.fits(layer.shape())) {
      throw new LoraException(
          "LoRA '%s' (%s): module '%s' changes %s, but '%s' of checkpoint '%s' is %s×%s;"
                  .formatted(
                      use.name(),
                      use.file().file().path(),
                      module.key(),
                      extent,
                      layer.weight(),
                      checkpoint,
                      layer.out(),
                      layer.in())
              + " it was probably trained for another model",
          Reason.MISFIT,
          ErrorDetails.in(use.file().file().path()).withName(use.name()).withModule(module.key()));
    }
    if (module.changesBias() && layer.bias().isEmpty()) {
      throw new LoraException(
          "LoRA '%s' (%s): module '%s' changes a bias, but '%s' of checkpoint '%s' has no bias; it was"
                  .formatted(
                      use.name(),
                      use.file().file().path(),
                      module.key(),
                      layer.weight(),
                      checkpoint)
              + " probably trained for another model",
          Reason.MISFIT,
          ErrorDetails.in(use.file().file().path()).withName(use.name()).withModule(module.key()));
    }
  }
}
