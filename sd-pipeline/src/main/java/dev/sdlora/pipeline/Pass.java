package dev.sdlora.pipeline;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.GenerationListener.Step;
import dev.sdlora.api.ImageSize;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.SamplerOptions;
import dev.sdlora.pipeline.conditioning.ChunkEncoder;
import dev.sdlora.pipeline.conditioning.Conditioner;
import dev.sdlora.pipeline.conditioning.Conditions;
import dev.sdlora.pipeline.denoise.BatchedPredictor;
import dev.sdlora.pipeline.denoise.Guidance;
import dev.sdlora.pipeline.denoise.GuidanceOptions;
import dev.sdlora.pipeline.denoise.NoisePredictor;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.schedule.SchedulePass;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.prompt.tree.PromptReader;
import dev.sdlora.sampler.SamplingPlan;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.ImageNoise;
import dev.sdlora.sampler.noise.ImageSeeds;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One way down the noise levels, the same for all pictures of a request: prompts, LoRAs, sampler,
 * size. Used by one thread.
 */
final class Pass {
  private final Model model;
  private final PromptSpec spec;
  private final ImageSize size;
  private final Progress progress;
  private final ExtraNetworks prompt;
  private final ExtraNetworks negative;
  private final LoraSelection loras;
  private final NoiseLevels levels;
  private final SamplingPlan plan;
  private @Nullable Conditions conditions;

  /**
   * A pass; finds its LoRAs and touches no weights.
   *
   * @param spec prompts and sampling of this pass
   * @throws dev.sdlora.api.LoraException if a LoRA is unknown or does not fit
   */
  Pass(Model model, PromptSpec spec, ImageSize size, Progress progress) {
    this.model = model;
    this.spec = spec;
    this.size = size;
    this.progress = progress;
    this.prompt = PromptReader.prompt(spec.prompt(), spec.promptOptions());
    this.negative = PromptReader.negativePrompt(spec.negativePrompt(), spec.promptOptions());
    this.loras = LoraSelection.of(spec, prompt, negative, model);
    this.levels =
        spec.samplerOptions().zeroTerminalSnr() ? model.levels().zeroTerminalSnr() : model.levels();
    this.plan =
        SamplingPlan.of(
            new SamplingSettings(
                spec.sampler(), spec.schedule(), spec.steps(), spec.samplerOptions()),
            levels,
            model.checkpoint().family());
  }

  /** Puts the LoRAs of this pass on and encodes its prompts, which is done once. */
  void prepare(PassNetworks networks, NDManager scope) {
    AppliedLoras applied = networks.with(loras);
    if (conditions == null) {
      progress.stopIfCancelled();
      progress.listener().conditioningStart();
      conditions =
          conditioner(applied, networks.embeddings(loras))
              .conditions(prompt.text(), negative.text(), schedule(), scope);
      progress.listener().conditioningEnd();
    }
  }

  private Conditioner conditioner(AppliedLoras applied, TrainedWords words) {
    return new Conditioner(
        new ChunkEncoder(applied.textEncoder(), applied.textWeights(), model.encodedChunks()),
        spec.promptOptions(),
        spec.clipSkip(),
        words);
  }

  /** The steps that prompts change over; A1111 counts calls of the network. */
  private SchedulePass schedule() {
    int calls = spec.sampler().secondOrder() ? 2 * spec.steps() : spec.steps();
    return new SchedulePass(calls, 0, spec.promptOptions().oldEditingTimelines());
  }

  /**
   * Samples a latent.
   *
   * @param image its number, for the listener
   * @param seeds of its noise
   * @return [channels][height / 8][width / 8] at unit variance
   */
  float[] sample(int image, ImageSeeds seeds, PassNetworks networks, NDManager scope) {
    prepare(networks, scope);
    ImageNoise noise =
        new ImageNoise(
            spec.rng(),
            seeds,
            latentShape(size),
            latentShape(spec.variation().resizeFrom().orElse(size)));
    float[] start = noise.first();
    return plan.run(guidance(networks, scope).start(), start, noise, new Steps(image, networks));
  }

  private LatentShape latentShape(ImageSize of) {
    return new LatentShape(latentChannels(), of.height() / 8, of.width() / 8);
  }

  private Guidance guidance(PassNetworks networks, NDManager scope) {
    BatchedPredictor predictor =
        new BatchedPredictor(predictor(networks), levels, latentChannels(), size, scope);
    SamplerOptions sampling = spec.samplerOptions();
    return new Guidance(
        predictor,
        Objects.requireNonNull(conditions),
        new GuidanceOptions(
            model.networks().prediction(),
            spec.cfgScale(),
            sampling.cfgRescale(),
            sampling.skipUncondBelowSigma()));
  }

  /** How the U-Net is called, for every picture and every step. */
  private NoisePredictor predictor(PassNetworks networks) {
    NoisePredictor unet =
        networks.controls().over(networks.with(loras).unet(), size, spec.tiling());
    return (batch, scope) -> {
      progress.stopIfCancelled();
      return unet.predict(batch, scope);
    };
  }

  private int latentChannels() {
    return model.networks().unet().config().outChannels();
  }

  /** Passes a sampler's steps on to the listener, and to networks that change on the way. */
  private final class Steps implements StepObserver {
    private final int image;
    private final PassNetworks networks;

    Steps(int image, PassNetworks networks) {
      this.image = image;
      this.networks = networks;
    }

    private Step step(int step, double sigma) {
      return new Step(image, within(step) + 1, plan.steps(), sigma);
    }

    /** DPM adaptive may make more steps than were asked for. */
    private int within(int step) {
      return Math.min(step, plan.steps() - 1);
    }

    @Override
    public void stepStart(int step, double sigma) {
      progress.listener().stepStart(step(step, sigma));
      progress.stopIfCancelled();
      networks.with(loras).step(within(step), plan.steps());
      networks.controls().step(within(step), plan.steps());
    }

    @Override
    public void stepEnd(int step, double sigma, float[] denoised) {
      progress
          .listener()
          .stepEnd(
              step(step, sigma),
              () -> model.previewer().image(denoised, size.height() / 8, size.width() / 8));
    }
  }
}
