package dev.sdlora.pipeline;

import ai.djl.ndarray.NDArray;
import dev.sdlora.api.LoraException;
import dev.sdlora.api.LoraMode;
import dev.sdlora.api.StableDiffusionException;
import dev.sdlora.api.TensorFileException;
import dev.sdlora.lora.overlay.Overlay;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.conditioning.EncoderWeights;
import dev.sdlora.pipeline.network.TextEncoder;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The networks as one request uses them: over weights that nobody else changes meanwhile, with its
 * LoRAs patched in or beside them. Used by one thread.
 */
final class AppliedLoras implements AutoCloseable {
  private final LoraPlans loras;
  private final boolean restChanges;
  private final WeightGate.Lease lease;
  private final Optional<Overlay> overlay;
  private final Optional<TensorDict> textDict;
  private final Optional<TensorDict> unetDict;
  private final TextEncoder textEncoder;
  private final UNet unet;

  private AppliedLoras(
      Networks networks,
      LoraPlans loras,
      boolean restChanges,
      WeightGate.Lease lease,
      Optional<Overlay> overlay) {
    this.loras = loras;
    this.restChanges = restChanges;
    this.lease = lease;
    this.overlay = overlay;
    this.textDict = dict(Network.TEXT_ENCODER, networks.textEncoder().weights());
    this.unetDict = dict(Network.UNET, networks.unet().weights());
    this.textEncoder = textDict.map(networks.textEncoder()::reading).orElse(networks.textEncoder());
    this.unet = unetDict.map(networks.unet()::reading).orElse(networks.unet());
  }

  /**
   * Waits for the weights and puts LoRAs on or beside them, as they are in the first step. Those
   * that turn out to be damaged are left out of a lenient request.
   *
   * @throws LoraException if one holds NaN or infinity
   * @throws TensorFileException if one cannot be read, or the checkpoint is needed and has changed
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
    WeightGate.Lease lease = model.gate().enter(request, cancelled);
    Optional<Overlay> overlay = Optional.empty();
    try {
      if (lease.overlays()) {
        overlay =
            Optional.of(
                model.overlays().open(loras.peaks(), model.shapes(), model.networks().type()));
      }
      return new AppliedLoras(
          model.networks(), loras, request.overlaid().changes(), lease, overlay);
    } catch (RuntimeException | Error e) {
      overlay.ifPresent(Overlay::close);
      lease.close();
      throw e;
    }
  }

  /** What is wrong with each LoRA that cannot be applied alone, by its place. */
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

  private Optional<TensorDict> dict(Network network, LiveWeights weights) {
    Map<String, NDArray> beside = overlay.map(given -> given.tensors(network)).orElse(Map.of());
    if (beside.isEmpty()) {
      return Optional.empty();
    }
    Map<String, NDArray> all = new LinkedHashMap<>(beside);
    weights.shapes().keySet().forEach(name -> all.put(name, weights.tensor(name)));
    return Optional.of(TensorDict.of(all));
  }

  /** The LoRAs, without those that were left out. */
  LoraPlans loras() {
    return loras;
  }

  TextEncoder textEncoder() {
    return textEncoder;
  }

  /** How this request sees the weights of the text encoder. */
  EncoderWeights textWeights() {
    return new EncoderWeights(
        loras.plan(0, 1).changes().getOrDefault(Network.TEXT_ENCODER, Map.of()),
        textDict.isPresent());
  }

  UNet unet() {
    return unet;
  }

  /** How the LoRAs were applied; patched and overlaid ones together count as overlaid. */
  LoraMode mode() {
    return overlay.isEmpty() ? LoraMode.PATCHED : LoraMode.OVERLAY;
  }

  /** How long other requests were waited for. */
  long waitedNanos() {
    return lease.waitedNanos();
  }

  /**
   * Makes the U-Net what it is to be in a step.
   *
   * @param step its number, from 0
   * @param steps how many there are
   */
  void step(int step, int steps) {
    if (!loras.isScheduled()) {
      return;
    }
    if (overlay.isEmpty()) {
      lease.change(loras.plan(step, steps));
    } else {
      overlay.get().scale(loras.shares(step, steps));
      if (restChanges) {
        lease.change(loras.patchedOnly(step, steps));
      }
    }
  }

  /** The request has succeeded: what is patched stays for the next one. */
  void keep() {
    lease.keep();
  }

  @Override
  public void close() {
    Closing.all(
        () -> textDict.ifPresent(TensorDict::close),
        () -> unetDict.ifPresent(TensorDict::close),
        () -> overlay.ifPresent(Overlay::close),
        lease::close);
  }
}
