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
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.noise.NoiseSource;
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
    this.plan = SamplingPlan.of(spec.sampler(), spec.schedule(), spec.steps(), model.levels());
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

  /** The steps that prompts change over. */
  private SchedulePass schedule() {
    return new SchedulePass(spec.steps(), 0, spec.promptOptions().oldEditingTimelines());
  }

  /**
   * Samples a latent.
   *
   * @param image its number, for the listener
   * @return [channels][height / 8][width / 8] at unit variance
   */
  float[] sample(int image, long seed, PassNetworks networks, NDManager scope) {
    prepare(networks, scope);
    NoiseSource noise = Noise.of(spec.rng(), seed);
    float[] start = noise.next(latentChannels() * (size.height() / 8) * (size.width() / 8));
    return plan.run(guidance(networks, scope).start(), start, noise, new Steps(image, networks));
  }

  private Guidance guidance(PassNetworks networks, NDManager scope) {
    BatchedPredictor predictor =
        new BatchedPredictor(predictor(networks), model.levels(), latentChannels(), size, scope);
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
      return new Step(image, step + 1, plan.sigmas().steps(), sigma);
    }

    @Override
    public void stepStart(int step, double sigma) {
      progress.listener().stepStart(step(step, sigma));
      progress.stopIfCancelled();
      networks.with(loras).step(step, plan.sigmas().steps());
      networks.controls().step(step, plan.sigmas().steps());
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
