package dev.sdlora.pipeline.generation;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.denoise.Lockstep;
import dev.sdlora.families.denoise.ModelCalls;
import dev.sdlora.families.denoise.SwitchingDenoiser;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.canvas.StartLatent;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.request.ImageRun;
import dev.sdlora.pipeline.request.PassPlan;
import dev.sdlora.pipeline.request.PassSampling;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.ImageNoise;
import dev.sdlora.sampler.noise.ImageSeeds;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Runs one pass of a request: applies its LoRAs, encodes its prompts, samples latents. */
final class DenoisingPass {
  private final Model model;
  private final PassPlan plan;
  private final PromptSpec spec;
  private final PassSampling sampling;
  private final RegionFrame regions;
  private final Progress progress;
  private final PromptEncoding encoding;

  /**
   * Creates a pass.
   *
   * @param regions the placement of masks over the latents of this pass
   */
  DenoisingPass(Model model, PassPlan plan, RegionFrame regions, Progress progress) {
    this.model = model;
    this.plan = plan;
    this.spec = plan.spec();
    this.sampling = plan.sampling();
    this.regions = regions;
    this.progress = progress;
    this.encoding = new PromptEncoding(model, plan, regions, progress);
  }

  /** Applies the LoRAs of this pass and encodes its prompts, once for all images of a request. */
  void prepare(RequestNetworks networks, NDManager scope) {
    conditions(networks.switchTo(plan.loras()), networks, scope);
  }

  private Conditions conditions(AppliedLoras applied, RequestNetworks networks, NDManager scope) {
    return encoding.inMasks(
        networks.conditions(plan, () -> encoding.encode(applied, networks, scope)));
  }

  /**
   * Samples the latents of images that are drawn together.
   *
   * @return for each image [channels][height / 8][width / 8] at unit variance
   */
  List<float[]> sample(
      List<ImageRun> images, PassInput input, RequestNetworks networks, NDManager scope) {
    AppliedLoras applied = networks.switchTo(plan.loras());
    Conditions conditions = conditions(applied, networks, scope);
    if (!input.starts().isEmpty() && sampling.keepsAll()) {
      return input.starts().stream().map(StartLatent::clean).toList();
    }
    try (NDManager own = scope.newSubManager()) {
      PassModel calls =
          new PassModel(model, plan, regions, progress, encoding, applied, networks, own);
      PassGuidance guidance =
          new PassGuidance(calls.guidance(conditions, input), calls::refinerGuidance);
      List<Lockstep.Work<ModelCalls.Call, List<float[]>, float[]>> works = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        ImageRun image = images.get(i);
        Optional<StartLatent> start = input.start(i);
        works.add(
            participant -> {
              StepObserver steps =
                  new StepNotifier(
                          image,
                          sampling,
                          model.family().latents(plan.size()),
                          model.previewer(),
                          progress,
                          applied,
                          networks)
                      .on(participant);
              return sample(image.seeds(), start, denoiser(guidance, participant), steps);
            });
      }
      return Lockstep.run(works, ModelCalls::answer);
    }
  }

  private float[] sample(
      ImageSeeds seeds, Optional<StartLatent> start, Denoiser denoiser, StepObserver steps) {
    ImageNoise noise =
        new ImageNoise(
            spec.rng(),
            seeds,
            model.family().latents(plan.size()),
            model.family().latents(spec.variation().resizeFrom().orElse(plan.size())));
    if (start.isEmpty()) {
      return untilEnd(() -> sampling.paint(denoiser, noise, steps));
    }
    StartLatent filled = filled(start.get(), seeds);
    return filled.keepingTheRest(untilEnd(() -> sampling.repaint(denoiser, filled, noise, steps)));
  }

  /** Returns the final latent, or the latest denoised one if the request ends early. */
  private static float[] untilEnd(Supplier<float[]> sampler) {
    try {
      return sampler.get();
    } catch (EarlyEnd.Reached end) {
      return end.latent();
    }
  }

  private StartLatent filled(StartLatent start, ImageSeeds seeds) {
    return start.filledWith(
        sampling.maskedContent(),
        () -> Noise.of(spec.rng(), seeds.seed()).next(start.clean().length));
  }

  private Denoiser denoiser(
      PassGuidance guidance, Lockstep.Participant<ModelCalls.Call, List<float[]>> participant) {
    AtomicInteger calls = new AtomicInteger();
    ModelCalls together = ModelCalls.together(participant);
    Denoiser base = guidance.first().start(calls, together);
    OptionalDouble change = plan.refinerSwitch();
    if (change.isEmpty()) {
      return base;
    }
    double at = change.getAsDouble();
    return new SwitchingDenoiser(
        base,
        sigma ->
            (spec.refinerBySteps()
                    ? (double) calls.get() / plan.plannedCalls()
                    : scheduleFraction(sigma))
                >= at,
        () -> participant.outside(guidance::refining).start(calls, together));
  }

  /** Returns the share of the training timesteps above a noise level, computed as in A1111. */
  private double scheduleFraction(double sigma) {
    NoiseLevels levels = sampling.levels();
    // For samplers on training timesteps, A1111 rounds the timestep down.
    int time =
        spec.sampler().onTimesteps()
            ? (int) (levels.sigmaToTime(sigma) + 1e-6)
            : levels.nearestTime(sigma);
    int steps = levels.trainingSteps();
    return (double) (steps - 1 - time) / steps;
  }
}
