package dev.sdlora.pipeline.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.families.conditioning.AppliedEncoder;
import dev.sdlora.families.conditioning.EncodedChunks;
import dev.sdlora.families.conditioning.EncoderWeights;
import dev.sdlora.families.network.AdaptableNetwork;
import dev.sdlora.lora.overlay.Overlay;
import dev.sdlora.lora.plan.Moment;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Change;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.canvas.RegionTensors;
import dev.sdlora.pipeline.hypernetwork.Hypernetwork;
import dev.sdlora.pipeline.lora.LoraPlans;
import dev.sdlora.pipeline.lora.WeightGate;
import dev.sdlora.pipeline.model.HeldFormats;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.model.OnDemand;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The networks as one request uses them, with its LoRAs patched in or overlaid. No other request
 * changes the weights meanwhile. Used by one thread.
 */
final class AppliedLoras implements AutoCloseable {
  private final Model model;
  private final LoraPlans loras;
  private final boolean restChanges;
  private final WeightGate.Lease lease;
  private final Optional<Overlay> overlay;
  private final NDManager scope;
  private final Map<String, NDArray> hypernetworks;
  private final AdaptableNetwork denoiser;
  private final Map<String, NDArray> regions = new LinkedHashMap<>();
  private final Map<String, NDArray> memory = new LinkedHashMap<>();
  private Optional<TensorDict> denoiserDict = Optional.empty();
  private Optional<OnDemand.Use> denoiserUse = Optional.empty();
  private int step;
  private int steps = 1;
  private double[] shares = {};

  private AppliedLoras(
      Model model,
      LoraPlans loras,
      boolean restChanges,
      WeightGate.Lease lease,
      Optional<Overlay> overlay,
      NDManager scope,
      Map<String, NDArray> hypernetworks) {
    this.model = model;
    this.loras = loras;
    this.restChanges = restChanges;
    this.lease = lease;
    this.overlay = overlay;
    this.scope = scope;
    this.hypernetworks = hypernetworks;
    AdaptableNetwork plain = model.networks().denoiser();
    this.denoiser = plain.reading(() -> denoiserDict.orElseGet(() -> plain.weights().dict()));
  }

  /**
   * Waits for the weights and applies LoRAs with the strengths of the first step. In a lenient
   * request, damaged LoRAs are skipped.
   *
   * @throws LoraException if a LoRA contains NaN or infinity
   * @throws TensorFileException if a LoRA cannot be read, or the checkpoint is needed and has
   *     changed
   */
  static AppliedLoras of(Model model, LoraPlans loras, BooleanSupplier cancelled) {
    try {
      return apply(model, loras, cancelled);
    } catch (LoraException | TensorFileException e) {
      if (!loras.isLenient()) {
        throw e;
      }
      Map<Integer, StableDiffusionException> failed = trials(model, loras, cancelled);
      if (failed.isEmpty()) {
        throw e;
      }
      return apply(model, loras.without(failed), cancelled);
    }
  }

  private static AppliedLoras apply(Model model, LoraPlans loras, BooleanSupplier cancelled) {
    WeightGate.LeaseRequest request = loras.leaseRequest();
    WeightGate.Lease lease = model.loras().gate().enter(request, cancelled);
    Optional<Overlay> overlay = Optional.empty();
    Optional<NDManager> scope = Optional.empty();
    try {
      NDManager owner = model.networks().torch().scope();
      scope = Optional.of(owner);
      Map<String, NDArray> hypernetworks =
          model
              .family()
              .unetConfig()
              .map(unet -> Hypernetwork.tensors(loras.hypernetworks(), unet, owner))
              .orElse(Map.of());
      boolean isWhole = lease.overlays();
      if (isWhole || loras.control().isPresent()) {
        List<PatchPlan> plans =
            loras.peaks().stream().map(plan -> isWhole ? plan : plan.ofAddedWeights()).toList();
        overlay =
            Optional.of(
                model
                    .loras()
                    .overlays()
                    .open(plans, loras.regions(), model.loras().shapes(), model.networks().type()));
      }
      return new AppliedLoras(
          model, loras, request.overlaid().changes(), lease, overlay, scope.get(), hypernetworks);
    } catch (RuntimeException | Error e) {
      scope.ifPresent(NDManager::close);
      overlay.ifPresent(Overlay::close);
      model.memory().textEncoders().giveBackUnused();
      lease.close();
      throw e;
    }
  }

  /** Applies each LoRA alone and returns the failures, by the index of the LoRA. */
  private static Map<Integer, StableDiffusionException> trials(
      Model model, LoraPlans loras, BooleanSupplier cancelled) {
    Map<Integer, StableDiffusionException> failed = new HashMap<>();
    List<LoraPlans> alone = loras.oneByOne();
    for (int i = 0; i < alone.size(); i++) {
      try (AppliedLoras trial = apply(model, alone.get(i), cancelled)) {
        trial.keep();
      } catch (LoraException | TensorFileException e) {
        failed.put(i, e);
      }
    }
    return failed;
  }

  private boolean isOverlaid(Network network, int region) {
    return overlay.isPresent() && !overlay.get().tensors(network, region).isEmpty();
  }

  /**
   * Returns weights with overlaid LoRAs, hypernetworks and the memory in which layers widen
   * weights; empty if there are none.
   */
  private Optional<TensorDict> overlaid(
      Network network, int region, LiveWeights weights, Map<String, NDArray> room) {
    Map<String, NDArray> all = new LinkedHashMap<>(room);
    overlay.ifPresent(loras -> all.putAll(loras.tensors(network, region)));
    if (network == Network.UNET) {
      all.putAll(regions);
      all.putAll(hypernetworks);
    }
    if (all.isEmpty()) {
      return Optional.empty();
    }
    all.putAll(weights.entries());
    return Optional.of(TensorDict.of(all));
  }

  /** Returns the LoRAs without the skipped ones. */
  LoraPlans loras() {
    return loras;
  }

  /**
   * Runs work on the text encoders with the LoRAs of this request.
   *
   * @param region the region whose LoRAs apply; 0 for the image outside all regions
   */
  <T> T withTextEncoders(EncodedChunks known, int region, Function<List<AppliedEncoder>, T> work) {
    List<? extends AdaptableNetwork> encoders = model.networks().encoders();
    Map<Network, Map<String, List<Change>>> changes = loras.plan(region).changes();
    Map<Network, TensorDict> dicts = new EnumMap<>(Network.class);
    List<AppliedEncoder> applied = new ArrayList<>();
    OnDemand.Use use = model.memory().textEncoders().use();
    NDManager owner = model.networks().torch().scope();
    try {
      for (int i = 0; i < encoders.size(); i++) {
        Network network = Network.textEncoder(i);
        LiveWeights weights = encoders.get(i).weights();
        AdaptableNetwork reading =
            encoders
                .get(i)
                .reading(
                    () -> {
                      use.require();
                      overlaid(network, region, weights, dicts, owner);
                      return dicts.getOrDefault(network, weights.dict());
                    });
        EncoderWeights equal =
            new EncoderWeights(
                changes.getOrDefault(network, Map.of()), isOverlaid(network, region));
        applied.add(new AppliedEncoder(i, reading, equal, known));
      }
      return work.apply(applied);
    } finally {
      Closing.all(() -> Closing.all(dicts.values(), TensorDict::close), owner::close, use::close);
    }
  }

  private void overlaid(
      Network network,
      int region,
      LiveWeights weights,
      Map<Network, TensorDict> dicts,
      NDManager owner) {
    if (!dicts.containsKey(network)) {
      overlaid(network, region, weights, HeldFormats.memory(weights, owner))
          .ifPresent(dict -> dicts.put(network, dict));
    }
  }

  /**
   * Returns the denoiser for a pass.
   *
   * @param frame the placement of LoRA regions over the latents of the pass; valid until the next
   *     call
   */
  AdaptableNetwork denoiser(RegionFrame frame) {
    if (denoiserUse.isEmpty()) {
      OnDemand.Use use = model.memory().denoiser().use();
      denoiserUse = Optional.of(use);
      use.require();
      memory.putAll(HeldFormats.memory(denoiser.weights(), scope));
      renewDict();
    }
    List<RegionMask> masks = loras.masks();
    if (!masks.isEmpty()) {
      regions.values().forEach(NDArray::close);
      regions.clear();
      regions.putAll(
          RegionTensors.of(
              masks,
              frame,
              model.family().unetConfig().orElseThrow().levels(),
              overlay.orElseThrow().scope()));
      renewDict();
    }
    return denoiser;
  }

  private void renewDict() {
    Optional<TensorDict> before = denoiserDict;
    denoiserDict = overlaid(Network.UNET, 0, denoiser.weights(), memory);
    before.ifPresent(TensorDict::close);
  }

  /**
   * Returns how the LoRAs are applied; a mix of patched and overlaid LoRAs counts as overlaid.
   * Weights that LoRAs add to the denoiser are overlaid in either mode.
   */
  LoraMode mode() {
    return lease.overlays() ? LoraMode.OVERLAY : LoraMode.PATCHED;
  }

  /** Returns the changes that are patched into the weights in the first step. */
  PatchPlan patched() {
    WeightGate.LeaseRequest request = loras.leaseRequest();
    return (lease.overlays() ? request.overlaid() : request.patched()).plan();
  }

  /** Returns the time spent waiting for other requests, in nanoseconds. */
  long waitedNanos() {
    return lease.waitedNanos();
  }

  /**
   * Begins a step.
   *
   * @param step the index of the step, from 0
   * @param steps the number of steps
   */
  void step(int step, int steps) {
    this.step = step;
    this.steps = steps;
  }

  /**
   * Applies the strengths of scheduled LoRAs for the next call of the denoiser of the current step.
   */
  void call(double sigma) {
    if (!loras.isScheduled()) {
      return;
    }
    Moment moment = new Moment(step, steps, sigma);
    double[] wanted = loras.shares(moment);
    if (Arrays.equals(wanted, shares)) {
      return;
    }
    shares = wanted;
    overlay.ifPresent(overlaid -> overlaid.scale(wanted));
    if (!lease.overlays() || restChanges) {
      lease.change(lease.overlays() ? loras.patchedOnly(moment) : loras.plan(moment));
      // Patching replaces packed tensors.
      renewDict();
    }
  }

  /** Marks the request as successful: its patches stay for the next one. */
  void keep() {
    lease.keep();
  }

  @Override
  public void close() {
    Closing.all(
        () -> denoiserDict.ifPresent(TensorDict::close),
        () -> denoiserUse.ifPresent(OnDemand.Use::close),
        () -> overlay.ifPresent(Overlay::close),
        scope::close,
        // The lease is still held, so no other request patches the weights.
        model.memory().textEncoders()::giveBackUnused,
        lease::close);
  }
}
