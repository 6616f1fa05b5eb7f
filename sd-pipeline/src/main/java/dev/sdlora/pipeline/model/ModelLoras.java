package dev.sdlora.pipeline.model;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.lora.library.FolderLibrary;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.patch.Patcher;
import dev.sdlora.lora.plan.ControlInput;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.lora.ChangelessLoras;
import dev.sdlora.pipeline.lora.LoraSums;
import dev.sdlora.pipeline.lora.WeightGate;
import dev.sdlora.pipeline.lora.WidenedWeights;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The LoRAs that a model can use, and the ways to apply them. Safe for several threads. */
public final class ModelLoras {
  private final Checkpoint checkpoint;
  private final LoraFiles files;
  private final FolderLibrary library;
  private final LoraMode mode;
  private final ModuleIndex modules;
  private final Map<Network, Map<String, List<Long>>> shapes = new EnumMap<>(Network.class);
  private final Patcher patcher;
  private final WeightGate gate;
  private final Overlays overlays;
  private final ChangelessLoras changeless;
  private final LoraSums sums;
  private final WidenedWeights widened;

  ModelLoras(Checkpoint checkpoint, Networks networks, FolderLibrary library, LoraMode mode) {
    this.checkpoint = checkpoint;
    this.files = FileCaches.LORAS;
    this.library = library;
    this.mode = mode;
    networks.patchable().forEach((network, weights) -> shapes.put(network, weights.shapes()));
    this.modules = networks.family().layers(shapes);
    shapes.computeIfPresent(Network.UNET, (network, weights) -> ControlInput.with(weights));
    this.patcher =
        new Patcher(
            networks.torch(),
            networks.loader(),
            networks.patchable(),
            networks.keepsDenoiser() ? Set.of() : Set.of(Network.UNET));
    this.gate = new WeightGate(patcher::apply, patcher::restore);
    this.overlays = new Overlays(networks.torch());
    this.sums = new LoraSums(networks.patchable());
    this.widened = new WidenedWeights(networks.patchable());
    this.changeless = new ChangelessLoras(files, networks.torch(), networks.patchable());
  }

  /** Returns the open files. */
  public LoraFiles files() {
    return files;
  }

  /** Returns the folders of LoRAs. */
  public FolderLibrary library() {
    return library;
  }

  /**
   * Plans a LoRA for the checkpoint and reports how it fits.
   *
   * @throws dev.sdlora.api.error.LoraException if it does not fit
   */
  public Matched match(LoraUse use) {
    return PatchPlan.match(modules, checkpoint.name(), checkpoint.family(), List.of(use));
  }

  /** Returns the shapes of all weights that LoRAs can change or add. */
  public Map<Network, Map<String, List<Long>>> shapes() {
    return shapes;
  }

  /**
   * Returns the mode that a request asks for; {@link WidenedWeights#mode} is that of its LoRAs.
   *
   * @param requested the request's own mode, if it has one
   */
  public LoraMode mode(Optional<LoraMode> requested) {
    return requested.orElse(mode);
  }

  /** Returns the gate that guards the weights. */
  public WeightGate gate() {
    return gate;
  }

  /** Returns the means to apply LoRAs for one request alone. */
  public Overlays overlays() {
    return overlays;
  }

  /** Returns the detector of LoRAs without effect. */
  public ChangelessLoras changeless() {
    return changeless;
  }

  /** Returns the estimator of how much a sum of LoRAs changes the weights. */
  public LoraSums sums() {
    return sums;
  }

  /** Returns the cost of patching weights that are not held in the dtype of the computation. */
  public WidenedWeights widened() {
    return widened;
  }

  /** Reads the weights of a network that are not in memory, with the changes of the gate. */
  void read(Network network) {
    patcher.read(network);
  }
}
