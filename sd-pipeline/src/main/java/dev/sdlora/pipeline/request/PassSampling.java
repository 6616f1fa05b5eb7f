package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.pipeline.canvas.StartLatent;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.ImageNoise;
import dev.sdlora.sampler.plan.ImageToImageSteps;
import dev.sdlora.sampler.plan.SamplingPlan;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.Optional;

/** The sampling plan of a pass: size, noise levels, and the changes to a start latent. */
public final class PassSampling {
  private final ImageSize size;
  private final NoiseLevels levels;
  private final int requestedSteps;
  private final SamplingPlan sampling;
  private final Optional<Repainting> repainting;

  private PassSampling(
      ImageSize size,
      NoiseLevels levels,
      int requestedSteps,
      SamplingPlan sampling,
      Optional<Repainting> repainting) {
    this.size = size;
    this.levels = levels;
    this.requestedSteps = requestedSteps;
    this.sampling = sampling;
    this.repainting = repainting;
  }

  /**
   * Creates the plan of a pass.
   *
   * @param size the size of the images
   * @param repainting how a start latent is changed; empty if the pass starts from noise
   */
  static PassSampling of(
      Model model, PromptSpec spec, ImageSize size, Optional<Repainting> repainting) {
    NoiseLevels levels = model.family().levels(spec.samplerOptions().zeroTerminalSnr(), size);
    SamplingSettings settings =
        new SamplingSettings(spec.sampler(), spec.schedule(), spec.steps(), spec.samplerOptions());
    Optional<ImageToImageSteps> part =
        repainting.filter(change -> !change.isNone()).map(change -> change.steps(spec.steps()));
    SamplingPlan whole =
        SamplingPlan.of(
            part.map(steps -> settings.withSteps(steps.total())).orElse(settings),
            levels,
            model.family().name());
    return new PassSampling(
        size,
        levels,
        part.map(steps -> steps.encoded() + 1).orElse(spec.steps()),
        part.map(steps -> whole.from(steps.encoded())).orElse(whole),
        repainting);
  }

  public ImageSize size() {
    return size;
  }

  public NoiseLevels levels() {
    return levels;
  }

  /**
   * Returns the steps as A1111 counts them: the requested steps, or with a start latent the number
   * of steps for its denoising strength.
   */
  int requestedSteps() {
    return requestedSteps;
  }

  /** Returns the number of steps. */
  public int steps() {
    return keepsAll() ? 0 : sampling.steps();
  }

  /** Whether the start latent is returned unchanged. */
  public boolean keepsAll() {
    return repainting.map(Repainting::isNone).orElse(false);
  }

  /**
   * Whether nothing of the start latent is left, because a flow is sampled from pure noise although
   * the denoising strength is below 1.
   */
  boolean losesStart() {
    return !keepsAll()
        && repainting.map(change -> change.strength() < 1).orElse(false)
        && levels.form().signal(sampling.sigmas().at(0)) == 0;
  }

  /** Returns the initial content of the masked area of the start latent. */
  public MaskedContent maskedContent() {
    return repainting.map(Repainting::content).orElse(MaskedContent.ORIGINAL);
  }

  /** Samples from noise. */
  public float[] paint(Denoiser denoiser, ImageNoise noise, StepObserver observer) {
    return sampling.run(denoiser, noise.first(), noise, observer);
  }

  /** Samples from a start latent. */
  public float[] repaint(
      Denoiser denoiser, StartLatent start, ImageNoise noise, StepObserver observer) {
    float[] unitNoise = noise.first();
    float factor = repainting.map(change -> (float) change.noiseMultiplier()).orElse(1f);
    for (int i = 0; i < unitNoise.length; i++) {
      unitNoise[i] *= factor;
    }
    Denoiser keeping =
        start
            .repaint()
            .map(repaint -> sampling.keeping(denoiser, start.clean(), repaint, unitNoise))
            .orElse(denoiser);
    return sampling.run(keeping, start.clean(), unitNoise, noise, observer);
  }
}
