package dev.sdlora.lora.patch;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.LoraException;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the weights of a model at what the current plan says. Going from one plan to another
 * touches only the weights whose changes differ; those that lose all changes are restored, the
 * others computed anew from the original.
 *
 * <p>Not safe for several threads.
 */
public final class Patcher {
  private static final Logger LOG = LoggerFactory.getLogger(Patcher.class);

  private final Torch torch;
  private final TensorLoader loader;
  private final Map<Network, LiveWeights> weights;

  /** What the weights are, or null when a failure left it unknown. */
  private @Nullable PatchPlan current = PatchPlan.NONE;

  /** A patcher of weights that are as they were loaded. */
  public Patcher(Torch torch, TensorLoader loader, Map<Network, LiveWeights> weights) {
    this.torch = torch;
    this.loader = loader;
    this.weights = Map.copyOf(weights);
  }

  /**
   * Makes the weights what a plan says. When that fails, the weights are restored.
   *
   * @throws LoraException if a factor holds NaN or infinity
   * @throws dev.sdlora.api.TensorFileException if a LoRA cannot be read, or the checkpoint is
   *     needed and has changed
   */
  public void apply(PatchPlan plan) {
    if (plan.equals(current)) {
      return;
    }
    try {
      for (Map.Entry<Network, LiveWeights> entry : weights.entrySet()) {
        Map<String, List<Change>> wanted = changes(plan, entry.getKey());
        Map<String, List<Change>> present =
            current == null ? Map.of() : changes(current, entry.getKey());
        change(entry.getValue(), wanted, present);
      }
      current = plan;
    } catch (RuntimeException | Error e) {
      restoreAfter(e);
      throw e;
    }
  }

  private static Map<String, List<Change>> changes(PatchPlan plan, Network network) {
    return plan.changes().getOrDefault(network, Map.of());
  }

  private void change(
      LiveWeights live, Map<String, List<Change>> wanted, Map<String, List<Change>> present) {
    try (LiveWeights.Writer writer = live.writer();
        OpenFiles files = new OpenFiles()) {
      for (String name : live.patched()) {
        if (!wanted.containsKey(name)) {
          writer.restore(name);
        }
      }
      wanted.forEach(
          (name, changes) -> {
            if (!changes.equals(present.get(name))) {
              patch(writer, name, changes, files);
            }
          });
    }
  }

  private void patch(
      LiveWeights.Writer writer, String name, List<Change> changes, OpenFiles files) {
    try (NDManager scope = torch.scope()) {
      List<LowRank> updates =
          changes.stream().map(change -> lowRank(change, files.of(change.file()), scope)).toList();
      if (!writer.patch(name, updates)) {
        throw notFinite(changes, updates);
      }
    }
  }

  private LowRank lowRank(Change change, TensorFile.Reader reader, NDManager scope) {
    LoraModule module = change.module();
    long rank = module.rank();
    double alpha =
        module.find(Part.ALPHA).map(entry -> (double) reader.floats(entry)[0]).orElse(1.0 * rank);
    if (!Double.isFinite(alpha)) {
      throw notFinite(change, module.key() + ".alpha");
    }
    TensorEntry up = module.part(Part.LORA_UP);
    TensorEntry down = module.part(Part.LORA_DOWN);
    return new LowRank(
        loader.load(reader, up, List.of(up.shape().get(0), rank), ScalarType.FLOAT32, scope),
        loader.load(reader, down, List.of(rank, down.elements() / rank), ScalarType.FLOAT32, scope),
        change.strength() * alpha / rank);
  }

  private LoraException notFinite(List<Change> changes, List<LowRank> updates) {
    for (int i = 0; i < changes.size(); i++) {
      LoraModule module = changes.get(i).module();
      if (!loader.isFinite(updates.get(i).up())) {
        return notFinite(changes.get(i), module.part(Part.LORA_UP).name());
      }
      if (!loader.isFinite(updates.get(i).down())) {
        return notFinite(changes.get(i), module.part(Part.LORA_DOWN).name());
      }
    }
    Change first = changes.get(0);
    return new LoraException(
        "LoRA '%s': strength %s is too large for '%s', whose change becomes infinite"
            .formatted(first.file().path(), first.strength(), first.module().key()));
  }

  private static LoraException notFinite(Change change, String tensor) {
    return new LoraException(
        "LoRA '%s': tensor '%s' holds NaN or infinity; its training probably failed"
            .formatted(change.file().path(), tensor));
  }

  /**
   * Takes everything off the weights.
   *
   * @throws dev.sdlora.api.TensorFileException if the checkpoint has changed; the next call tries
   *     again
   */
  public void restore() {
    current = null;
    weights.values().forEach(live -> change(live, Map.of(), Map.of()));
    current = PatchPlan.NONE;
  }

  private void restoreAfter(Throwable cause) {
    try {
      restore();
    } catch (RuntimeException e) {
      // What is still patched stays marked as such, and the next plan tries to restore it again.
      LOG.warn("weights could not be restored", e);
      cause.addSuppressed(e);
    }
  }
}
