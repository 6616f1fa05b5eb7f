package dev.sdlora.pipeline.generation;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.denoise.ConcatConditioning;
import dev.sdlora.families.denoise.DeepCache;
import dev.sdlora.families.denoise.Guidance;
import dev.sdlora.families.denoise.GuidanceOptions;
import dev.sdlora.families.denoise.GuidedCalls;
import dev.sdlora.families.denoise.LayerSkipping;
import dev.sdlora.families.denoise.NoisePredictor;
import dev.sdlora.families.denoise.TransformerPredictor;
import dev.sdlora.families.family.Family;
import dev.sdlora.families.network.AdaptableNetwork;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.TextKeys;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.model.Refiner;
import dev.sdlora.pipeline.request.JointBatch;
import dev.sdlora.pipeline.request.PassPlan;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.List;

/**
 * The model calls of a pass: the U-Net with LoRAs, ControlNets, caches and guidance, and the same
 * for the refiner. Used by one thread.
 */
final class PassModel {
  private final Model model;
  private final PassPlan plan;
  private final PromptSpec spec;
  private final RegionFrame regions;
  private final Progress progress;
  private final PromptEncoding encoding;
  private final AppliedLoras applied;
  private final RequestNetworks networks;
  private final NDManager scope;

  /**
   * Creates the calls of a pass.
   *
   * @param applied the LoRAs of the pass
   * @param scope owns the tensors that calls cache for later ones
   */
  PassModel(
      Model model,
      PassPlan plan,
      RegionFrame regions,
      Progress progress,
      PromptEncoding encoding,
      AppliedLoras applied,
      RequestNetworks networks,
      NDManager scope) {
    this.model = model;
    this.plan = plan;
    this.spec = plan.spec();
    this.regions = regions;
    this.progress = progress;
    this.encoding = encoding;
    this.applied = applied;
    this.networks = networks;
    this.scope = scope;
  }

  /** Returns the guidance by the pipeline's model. */
  Guidance guidance(Conditions conditions, PassInput input) {
    boolean edits =
        model.family().unetConfig().map(UNetConfig::isEditing).orElse(false)
            && !input.starts().isEmpty();
    return guidance(
        predictor(input),
        model.family(),
        plan.sampling().levels(),
        conditions,
        edits ? spec.imageCfgScale() : 1);
  }

  /** Returns the guidance by the refiner, with the same prompts encoded by its own encoders. */
  Guidance refinerGuidance() {
    networks.refined();
    Refiner refiner = model.refiner().orElseThrow();
    Conditions conditions =
        networks.refinerConditions(plan, () -> encoding.encode(refiner, applied, networks, scope));
    UNet unet = merging(refiner.unet()).tiling(spec.tiling()).remembering(new TextKeys(scope));
    DeepCache cache = cache();
    NoisePredictor predictor =
        (batch, step) -> cache.predict(unet, batch, List.of(), () -> Residuals.NONE, step);
    return guidance(
        predictor, refiner.family(), refiner.family().levels(false, plan.size()), conditions, 1);
  }

  private Guidance guidance(
      NoisePredictor network,
      Family family,
      NoiseLevels levels,
      Conditions conditions,
      double imageScale) {
    NoisePredictor cancellable =
        (batch, step) -> {
          progress.stopIfCancelled();
          return network.predict(batch, step);
        };
    SamplerOptions sampling = spec.samplerOptions();
    int rows = JointBatch.rows(spec, plan.size());
    return new Guidance(
        family.denoiser(cancellable, levels, spec, plan.size(), rows, scope),
        conditions,
        new GuidanceOptions(
            family.prediction(),
            family.isGuidanceDistilled() ? 1 : spec.cfgScale(),
            sampling.cfgRescale(),
            sampling.cfgNormalization(),
            new GuidedCalls(
                spec.speedOptions().guidanceRange(),
                sampling.skipUncondBelowSigma(),
                plan.plannedCalls()),
            imageScale,
            LayerSkipping.of(sampling, plan.plannedCalls())));
  }

  private NoisePredictor predictor(PassInput input) {
    AdaptableNetwork denoiser = applied.denoiser(regions);
    NoisePredictor network =
        denoiser instanceof UNet plain
            ? predictor(plain)
            : new TransformerPredictor(
                (DiffusionTransformer) denoiser,
                plan.control().isPresent() ? List.of() : input.references());
    NoisePredictor scheduled =
        (batch, step) -> {
          applied.call(batch.sigma());
          return network.predict(batch, step);
        };
    return input
        .shown()
        .filter(channels -> readsShown())
        .<NoisePredictor>map(channels -> new ConcatConditioning(scheduled, channels))
        .orElse(scheduled);
  }

  /** Whether the denoiser reads the further channels: not if a control LoRA could not be read. */
  private boolean readsShown() {
    return plan.control().isEmpty()
        || model.family().readsControl()
        || applied.loras().control().isPresent();
  }

  private NoisePredictor predictor(UNet plain) {
    // Cached keys are invalid when strengths change between steps.
    UNet merging =
        merging(plan.loras().isScheduled() ? plain : plain.remembering(new TextKeys(scope)));
    NoisePredictor controlled =
        networks.controls(spec).over(merging, plan.size(), spec.tiling(), cache());
    // Details are painted without the image prompts of the request.
    return spec.imagePrompts().isEmpty() ? controlled : networks.images().over(controlled, regions);
  }

  private UNet merging(UNet unet) {
    SpeedOptions speed = spec.speedOptions();
    return unet.mergingTokens(speed.tokenMergingRatio(), speed.tokenMergingMaxDownsample());
  }

  private DeepCache cache() {
    SpeedOptions speed = spec.speedOptions();
    return new DeepCache(speed.cacheInterval(), speed.cacheBranchId(), scope);
  }
}
