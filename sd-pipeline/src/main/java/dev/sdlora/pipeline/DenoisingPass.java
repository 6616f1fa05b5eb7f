package dev.sdlora.pipeline;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RefinerSwitch;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.canvas.StartLatent;
import dev.sdlora.pipeline.conditioning.AddedTimeIds;
import dev.sdlora.pipeline.conditioning.ChunkEncoder;
import dev.sdlora.pipeline.conditioning.Conditioner;
import dev.sdlora.pipeline.conditioning.Conditions;
import dev.sdlora.pipeline.denoise.BatchedPredictor;
import dev.sdlora.pipeline.denoise.ConcatConditioning;
import dev.sdlora.pipeline.denoise.DeepCache;
import dev.sdlora.pipeline.denoise.Guidance;
import dev.sdlora.pipeline.denoise.GuidanceEmbedding;
import dev.sdlora.pipeline.denoise.GuidanceOptions;
import dev.sdlora.pipeline.denoise.GuidedCalls;
import dev.sdlora.pipeline.denoise.Lockstep;
import dev.sdlora.pipeline.denoise.ModelCalls;
import dev.sdlora.pipeline.denoise.NoisePredictor;
import dev.sdlora.pipeline.denoise.SwitchingDenoiser;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.Residuals;
import dev.sdlora.pipeline.network.TextKeys;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.prompt.schedule.PromptSteps;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.prompt.tree.PromptReader;
import dev.sdlora.prompt.tree.ReadPrompt;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.ImageNoise;
import dev.sdlora.sampler.noise.ImageSeeds;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One denoising pass from the first noise level to the last, the same for all images of a request:
 * prompts, LoRAs, sampler, size. Immutable, compared by identity.
 */
final class DenoisingPass {
  private final Model model;
  private final PromptSpec spec;
  private final ImageSize size;
  private final SizeConditioning.Size told;
  private final Progress progress;
  private final int stepsBefore;
  private final ReadPrompt prompt;
  private final ReadPrompt negative;
  private final List<Optional<RegionMask>> masks;
  private final LoraPlans loras;
  private final PassSampling plan;
  private final RegionFrame regions;

  private DenoisingPass(
      Model model,
      PromptSpec spec,
      PassSampling plan,
      RegionFrame regions,
      SizeConditioning.Size told,
      Progress progress,
      Optional<DenoisingPass> before) {
    this.model = model;
    this.spec = spec;
    this.size = plan.size();
    this.plan = plan;
    this.regions = regions;
    this.told = told;
    this.progress = progress;
    this.stepsBefore = before.map(DenoisingPass::stepsOfPrompts).orElse(0);
    PromptReader reader = new PromptReader(spec.promptOptions(), new LoraNames(model.library()));
    this.prompt =
        before
            .filter(pass -> pass.spec.prompt().equals(spec.prompt()))
            .map(pass -> pass.prompt)
            .orElseGet(() -> reader.prompt(spec.prompt()));
    this.negative =
        before
            .filter(pass -> pass.spec.negativePrompt().equals(spec.negativePrompt()))
            .map(pass -> pass.negative)
            .orElseGet(() -> reader.negativePrompt(spec.negativePrompt()));
    this.loras =
        before
            .filter(pass -> pass.prompt == prompt && pass.negative == negative)
            .map(pass -> pass.loras)
            .filter(plans -> !plans.changeInHires())
            .orElseGet(
                () -> LoraResolver.resolve(spec, prompt, negative, before.isPresent(), model));
    this.masks = Masks.ofParts(spec, prompt);
    Masks.refuse(negative);
    requireTokens();
  }

  /** Tokens that are merged have no position, by which a region would be told. */
  private void requireTokens() {
    double ratio = spec.speedOptions().tokenMergingRatio();
    if (ratio != 0 && !loras.masks().isEmpty()) {
      throw new IllegalArgumentException(
          ("tokenMergingRatio is %s, but a LoRA has a mask, which needs the positions of all"
                  + " tokens; expected a ratio of 0, or no mask")
              .formatted(ratio));
    }
  }

  /**
   * The first pass of a request; finds its LoRAs and touches no weights.
   *
   * @param spec prompts and sampling
   * @param regions how masks lie over what it draws
   * @throws dev.sdlora.api.error.LoraException if a LoRA is unknown or does not fit
   */
  static DenoisingPass first(
      Model model, PromptSpec spec, PassSampling plan, RegionFrame regions, Progress progress) {
    SizeConditioning.Size told =
        new SizeConditioning.Size(plan.size().width(), plan.size().height());
    return new DenoisingPass(model, spec, plan, regions, told, progress, Optional.empty());
  }

  /**
   * A second pass. Where its prompts are those of this one, the LoRAs stay where they are, unless
   * they have strengths of their own there.
   *
   * @param regions how masks lie over what it draws
   * @param told the size that SDXL is told
   */
  DenoisingPass followedBy(
      PromptSpec second, PassSampling plan, RegionFrame regions, SizeConditioning.Size told) {
    return new DenoisingPass(model, second, plan, regions, told, progress, Optional.of(this));
  }

  /** The prompt. */
  ReadPrompt prompt() {
    return prompt;
  }

  /** The negative prompt. */
  ReadPrompt negative() {
    return negative;
  }

  /** The size of its images. */
  ImageSize size() {
    return size;
  }

  /** The steps that it makes, as the listener is told. */
  int steps() {
    return plan.steps();
  }

  /** Puts the LoRAs of this pass on and encodes its prompts, which a request does once. */
  Conditions prepare(RequestNetworks networks, NDManager scope) {
    AppliedLoras applied = networks.with(loras);
    return networks.conditions(this, () -> encode(applied, networks, scope));
  }

  private Conditions encode(AppliedLoras applied, RequestNetworks networks, NDManager scope) {
    progress.listener().conditioningStart();
    progress.stopIfCancelled();
    TrainedWords words = networks.embeddings(loras);
    List<Conditions> conditions = new ArrayList<>();
    for (int region = 0; region <= applied.loras().masks().size(); region++) {
      conditions.add(
          applied.withTextEncoders(
              model.encodedChunks(),
              region,
              encoders ->
                  conditioner(encoders, words)
                      .conditions(prompt.text(), negative.text(), schedule(), scope)));
    }
    progress.listener().conditioningEnd();
    return conditions
        .get(0)
        .withRegions(conditions.subList(1, conditions.size()))
        .in(Masks.areas(masks, regions));
  }

  private Conditioner conditioner(List<ChunkEncoder> encoders, TrainedWords words) {
    return new Conditioner(
        encoders,
        spec.promptOptions(),
        spec.clipSkip(),
        words,
        new AddedTimeIds(
            model.checkpoint().family(),
            model.networks().unet().config().vectorWidth(),
            spec.sizeConditioning(),
            told));
  }

  /** The steps that prompts change over; A1111 counts calls of the network. */
  PromptSteps schedule() {
    return new PromptSteps(
        stepsOfPrompts(), stepsBefore, spec.promptOptions().oldEditingTimelines());
  }

  private int stepsOfPrompts() {
    return callsOf(spec.steps());
  }

  private int callsOf(int steps) {
    return spec.sampler().secondOrder() ? 2 * steps : steps;
  }

  /**
   * Samples the latents of images that are drawn together.
   *
   * @param images the images
   * @param input what they start from, and what an inpainting model reads beside it
   * @return for each image [channels][height / 8][width / 8] at unit variance
   */
  List<float[]> sample(
      List<ImageRun> images, PassInput input, RequestNetworks networks, NDManager scope) {
    Conditions conditions = prepare(networks, scope);
    if (!input.starts().isEmpty() && plan.keepsAll()) {
      return input.starts().stream().map(StartLatent::clean).toList();
    }
    try (NDManager own = scope.newSubManager()) {
      PassGuidance guidance =
          new PassGuidance(
              guidance(conditions, input, networks, own), () -> refining(networks, own));
      List<Lockstep.Work<ModelCalls.Asked, List<float[]>, float[]>> works = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        ImageRun image = images.get(i);
        Optional<StartLatent> start = input.start(i);
        works.add(seat -> sample(image, start, guidance, networks, seat));
      }
      return Lockstep.run(works, ModelCalls::answer);
    }
  }

  /** Samples one of them. */
  private float[] sample(
      ImageRun image,
      Optional<StartLatent> start,
      PassGuidance guidance,
      RequestNetworks networks,
      Lockstep.Participant<ModelCalls.Asked, List<float[]>> seat) {
    ImageNoise noise =
        new ImageNoise(
            spec.rng(),
            image.seeds(),
            shape(size),
            shape(spec.variation().resizeFrom().orElse(size)));
    StepObserver steps =
        new StepNotifier(
                image, plan, model.previewer(), progress, networks.with(loras), networks.controls())
            .on(seat);
    Denoiser denoiser = denoiser(guidance, seat);
    return start.isPresent()
        ? plan.repaint(denoiser, filled(start.get(), image.seeds()), noise, steps)
        : plan.paint(denoiser, noise, steps);
  }

  private StartLatent filled(StartLatent start, ImageSeeds seeds) {
    return start.filledWith(
        plan.maskedContent(), () -> Noise.of(spec.rng(), seeds.seed()).next(start.clean().length));
  }

  private LatentShape shape(ImageSize of) {
    int channels = model.networks().vae().config().latentChannels();
    return new LatentShape(channels, of.height() / 8, of.width() / 8);
  }

  private Denoiser denoiser(
      PassGuidance guidance, Lockstep.Participant<ModelCalls.Asked, List<float[]>> seat) {
    AtomicInteger calls = new AtomicInteger();
    ModelCalls asking = ModelCalls.together(seat);
    Denoiser base = guidance.first().start(calls, asking);
    Optional<RefinerSwitch> change = refinerSwitch();
    if (change.isEmpty()) {
      return base;
    }
    double at = change.get().at();
    return new SwitchingDenoiser(
        base,
        sigma ->
            (change.get().bySteps()
                    ? (double) calls.get() / plannedCalls()
                    : scheduleFraction(sigma))
                >= at,
        () -> seat.outside(guidance::refining).start(calls, asking));
  }

  /** How many calls of the model A1111 counts with. */
  private int plannedCalls() {
    return callsOf(plan.askedSteps());
  }

  /** The share of the training's time steps above a noise level, as A1111 finds it. */
  private double scheduleFraction(double sigma) {
    NoiseLevels levels = plan.levels();
    // Samplers on training times know theirs, which A1111 rounds down.
    int time =
        spec.sampler().onTimesteps()
            ? (int) (levels.sigmaToTime(sigma) + 1e-6)
            : levels.nearestTime(sigma);
    int steps = levels.trainingSteps();
    return (double) (steps - 1 - time) / steps;
  }

  /** When the refiner takes over in this pass; of two passes it is the second, as in A1111. */
  private Optional<RefinerSwitch> refinerSwitch() {
    return spec.refinerSwitch().filter(change -> spec.hiresFix().isEmpty());
  }

  /** How the refiner is called: with the same texts, read by its own encoders. */
  private Guidance refining(RequestNetworks networks, NDManager scope) {
    networks.refined();
    Refiner refiner = model.refiner().orElseThrow();
    int vectorWidth = refiner.unet().config().vectorWidth();
    Conditions conditions =
        networks.refinerConditions(
            this,
            () ->
                refiner.withTextEncoders(
                    encoders ->
                        new Conditioner(
                                encoders,
                                spec.promptOptions(),
                                spec.clipSkip(),
                                words(refiner, networks),
                                new AddedTimeIds(
                                    refiner.checkpoint().family(),
                                    vectorWidth,
                                    spec.sizeConditioning(),
                                    told))
                            .conditions(prompt.text(), negative.text(), schedule(), scope)
                            .in(Masks.areas(masks, regions))));
    UNet unet = merging(refiner.unet()).tiling(spec.tiling()).remembering(new TextKeys(scope));
    DeepCache cache = cache(scope);
    NoisePredictor predictor =
        (batch, step) -> cache.predict(unet, batch, List.of(), () -> Residuals.NONE, step);
    return guidance(
        predictor, unet.config(), refiner.prediction(), refiner.levels(), conditions, 1, scope);
  }

  /**
   * The trained words of the prompts, if the refiner can read their vectors; else they are text.
   */
  private TrainedWords words(Refiner refiner, RequestNetworks networks) {
    return refiner.readsWordsFor(model.textWidths())
        ? networks.embeddings(loras)
        : TrainedWords.NONE;
  }

  private Guidance guidance(
      Conditions conditions, PassInput input, RequestNetworks networks, NDManager scope) {
    UNetConfig unet = model.networks().unet().config();
    boolean edits = unet.isEditing() && !input.starts().isEmpty();
    return guidance(
        predictor(input, networks, scope),
        unet,
        model.networks().prediction(),
        plan.levels(),
        conditions,
        edits ? spec.imageCfgScale() : 1,
        scope);
  }

  private Guidance guidance(
      NoisePredictor network,
      UNetConfig unet,
      Prediction prediction,
      NoiseLevels levels,
      Conditions conditions,
      double imageScale,
      NDManager scope) {
    NoisePredictor cancellable =
        (batch, step) -> {
          progress.stopIfCancelled();
          return network.predict(batch, step);
        };
    boolean distilled = unet.guidanceWidth() > 0;
    SamplerOptions sampling = spec.samplerOptions();
    return new Guidance(
        new BatchedPredictor(
            cancellable,
            prediction,
            levels,
            GuidanceEmbedding.of(spec.cfgScale(), unet.guidanceWidth()),
            shape(size).channels(),
            size,
            JointBatch.rows(spec, size),
            scope),
        conditions,
        new GuidanceOptions(
            prediction,
            distilled ? 1 : spec.cfgScale(),
            sampling.cfgRescale(),
            new GuidedCalls(
                spec.speedOptions().guidanceRange(),
                sampling.skipUncondBelowSigma(),
                plannedCalls()),
            imageScale));
  }

  /** How the U-Net is called, for every image and every step. */
  private NoisePredictor predictor(PassInput input, RequestNetworks networks, NDManager scope) {
    UNet unchanged = networks.with(loras).unet(regions);
    // What strengths that change do to them is not known.
    UNet merging =
        merging(loras.isScheduled() ? unchanged : unchanged.remembering(new TextKeys(scope)));
    NoisePredictor network = networks.controls().over(merging, size, spec.tiling(), cache(scope));
    NoisePredictor unet =
        (batch, step) -> {
          networks.with(loras).call(batch.sigma());
          return network.predict(batch, step);
        };
    return input
        .shown()
        .<NoisePredictor>map(channels -> new ConcatConditioning(unet, channels))
        .orElse(unet);
  }

  private UNet merging(UNet unet) {
    SpeedOptions speed = spec.speedOptions();
    return unet.mergingTokens(speed.tokenMergingRatio(), speed.tokenMergingMaxDownsample());
  }

  /** What the calls of images that are drawn together keep for each other. */
  private DeepCache cache(NDManager owner) {
    SpeedOptions speed = spec.speedOptions();
    return new DeepCache(speed.cacheInterval(), speed.cacheBranchId(), owner);
  }
}
