package dev.sdlora.pipeline.fit;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.CheckpointDistance;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.lora.effect.DistanceMeter;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Implements {@link Checkpoint#distanceTo}. */
public final class CheckpointDistances {
  private CheckpointDistances() {}

  /**
   * Compares two checkpoints.
   *
   * @throws CheckpointException if they are of different families, or have nothing in common
   */
  public static CheckpointDistance of(Checkpoint from, Checkpoint to) {
    ModelFiles one = CheckpointReader.open(from);
    ModelFiles other = CheckpointReader.open(to);
    requireFamily(one.checkpoint(), other.checkpoint());
    List<String> notCompared = new ArrayList<>();
    List<BlockChange> blocks = new ArrayList<>();
    try (Torch torch = Torch.open("cpu")) {
      DistanceMeter meter = new DistanceMeter(torch, new TensorLoader(torch));
      ThreadLimit.run(
          one.size(),
          () -> {
            for (Network network : Network.values()) {
              Map<String, Origin> own = one.patchable().getOrDefault(network, Map.of());
              Map<String, Origin> others = other.patchable().getOrDefault(network, Map.of());
              note(ModelPart.valueOf(network.name()), own, others, notCompared);
              blocks.addAll(meter.measure(network, own, others));
            }
            note(ModelPart.VAE, one.vae().weights(), other.vae().weights(), notCompared);
            blocks.addAll(meter.measureVae(one.vae().weights(), other.vae().weights()));
          });
    }
    if (blocks.isEmpty()) {
      throw new CheckpointException(
          "checkpoints '%s' and '%s' have no weight with the same name and shape; expected two models of the same size"
              .formatted(from.path(), to.path()),
          ErrorDetails.in(to.path()));
    }
    return new CheckpointDistance(blocks, notCompared);
  }

  private static void requireFamily(Checkpoint one, Checkpoint other) {
    if (one.family() != other.family()) {
      throw new CheckpointException(
          "checkpoint '%s' is %s, but '%s' is %s; expected two of the same family, because other families have different layers"
              .formatted(one.path(), one.family().label(), other.path(), other.family().label()),
          ErrorDetails.in(other.path()).withFamilies(one.family(), other.family()));
    }
  }

  private static void note(
      ModelPart part, Map<String, Origin> own, Map<String, Origin> others, List<String> names) {
    own.forEach(
        (name, origin) -> {
          if (!DistanceMeter.areAlike(origin, others.get(name))) {
            names.add(part.label() + ": " + name);
          }
        });
    others.keySet().stream()
        .filter(name -> !own.containsKey(name))
        .forEach(name -> names.add(part.label() + ": " + name));
  }
}
