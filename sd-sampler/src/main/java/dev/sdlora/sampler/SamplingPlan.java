package dev.sdlora.sampler;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.sampler.SigmaRule.Part;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * All that is fixed before a latent is sampled: the noise levels, the method, and how a latent is
 * scaled on its way in and out. Immutable, safe to share between threads.
 *
 * <p>Samplers differ in how loud the first noise is, as A1111 has them. Those that come from
 * k-diffusion start from {@code noise·sigma} and return the latent as it is. Those on training
 * times, such as DDIM, start from unit noise in the model's own, variance preserving form, {@code x
 * / sqrt(1 + sigma²)}, and return that.
 */
public final class SamplingPlan {
  private final SamplingSettings settings;
  private final NoiseLevels levels;
  private final SamplingMethod method;
  private final SigmaRule rule;
  private final Sigmas sigmas;

  /** The levels of the whole way, which the noise between levels is laid over, as in A1111. */
  private final Sigmas whole;

  /** How noisy an image that is given is made; with samplers on training times not the first. */
  private final double pictureSigma;

  private SamplingPlan(
      SamplingSettings settings,
      NoiseLevels levels,
      SamplingMethod method,
      Sigmas whole,
      Part part) {
    this.settings = settings;
    this.levels = levels;
    this.method = method;
    this.rule = method.levels().of(settings);
    this.whole = whole;
    this.sigmas = part.sigmas();
    this.pictureSigma = part.pictureSigma();
  }

  /**
   * The plan of a whole way, from noise.
   *
   * @param settings what is asked for; samplers on training times take from 2 steps to the number
   *     of training steps, and see {@link Schedules#ddim} for how many they make of it, unless the
   *     schedule is trailing
   * @param levels the noise the model was trained on
   * @param family of the model
   * @throws IllegalArgumentException if the number of steps is out of range, or options contradict
   *     the model's levels
   */
  public static SamplingPlan of(SamplingSettings settings, NoiseLevels levels, ModelFamily family) {
    SamplingMethod method = SamplingMethods.of(settings.sampler(), levels, settings.options());
    Sigmas sigmas = method.levels().of(settings).whole(settings, levels, family);
    return new SamplingPlan(settings, levels, method, sigmas, Part.of(sigmas));
  }

  /**
   * The plan of the last part of this way, from an image that is given.
   *
   * @param encoded by how many steps it is taken back, from 0 to one less than those asked for, see
   *     {@link ImageToImageSteps#encoded}. Samplers with a schedule make one step more. Those on
   *     training times start from the noise of one step before their first, as A1111 does, and make
   *     one step less; where that would be none, one
   * @throws IllegalArgumentException if it is out of range
   */
  public SamplingPlan from(int encoded) {
    if (encoded < 0 || encoded >= settings.steps()) {
      throw new IllegalArgumentException(
          "the picture must be taken back by 0 to %s steps: %s"
              .formatted(settings.steps() - 1, encoded));
    }
    Part part = rule.part(sigmas, encoded, settings, levels);
    return new SamplingPlan(settings, levels, method, sigmas, part);
  }

  /** The noise levels; most samplers make a step between each two. */
  public Sigmas sigmas() {
    return sigmas;
  }

  /** The method that walks down the levels. */
  SamplingMethod method() {
    return method;
  }

  /**
   * How many steps the observer will be told of. DPM adaptive finds that out on its way; for it
   * this is the number asked for, and there may be fewer or more.
   */
  public int steps() {
    return method.steps(sigmas);
  }

  /** The factor that turns unit noise into the start latent of the method. */
  public double startScale() {
    double first = sigmas.at(0);
    return variancePreserving() || settings.options().sgmNoiseMultiplier() ? spread(first) : first;
  }

  /** The factor that turns the method's result into the final latent; 1 but on training times. */
  public double endScale() {
    return variancePreserving() ? 1 / spread(sigmas.at(sigmas.steps())) : 1;
  }

  private boolean variancePreserving() {
    return rule.variancePreserving();
  }

  private static double spread(double sigma) {
    return Math.sqrt(1 + sigma * sigma);
  }

  /**
   * Samples a latent from noise.
   *
   * @param denoiser the model
   * @param unitNoise standard normal numbers, one for each element of the latent; not modified
   * @param noise drawn from when a step needs fresh noise; usually the source that {@code
   *     unitNoise} came from
   * @param observer told of every step
   * @return the final latent, a new array
   */
  public float[] run(
      Denoiser denoiser, float[] unitNoise, NoiseSource noise, StepObserver observer) {
    return walk(denoiser, Latents.scale(startScale(), unitNoise), noise, observer);
  }

  /**
   * Samples a latent from that of an image; mostly on a plan that {@link #from} gave.
   *
   * @param denoiser the model
   * @param picture the clean latent; not modified
   * @param unitNoise standard normal numbers, one for each element of the latent; not modified
   * @param noise drawn from when a step needs fresh noise; usually the source that {@code
   *     unitNoise} came from
   * @param observer told of every step
   * @return the final latent, a new array
   */
  public float[] run(
      Denoiser denoiser,
      float[] picture,
      float[] unitNoise,
      NoiseSource noise,
      StepObserver observer) {
    // In the form of the samplers a latent on training times is larger by spread(first level).
    double form = variancePreserving() ? spread(sigmas.at(0)) : 1;
    double shrink = variancePreserving() ? form / spread(pictureSigma) : 1;
    double noiseScale = shrink * pictureSigma + form * settings.options().extraNoise();
    float[] start = Latents.combine(shrink, picture, noiseScale, unitNoise);
    return walk(denoiser, start, noise, observer);
  }

  private float[] walk(Denoiser denoiser, float[] start, NoiseSource noise, StepObserver observer) {
    NoiseSource between = noise.over(whole.lastPositive(), whole.at(0));
    return Latents.scale(endScale(), method.sample(denoiser, start, sigmas, between, observer));
  }

  /**
   * A denoiser that keeps a part of an image as it is, for inpainting. With most samplers the
   * prediction is blended with the image; with those on training times, as in A1111, it is the
   * noisy latent that the model sees, blended with the noisy image. Blend the final latent once
   * more.
   *
   * @param denoiser the model
   * @param picture its clean latent
   * @param repaint for each element 1 where the image is made anew, 0 where it stays
   * @param unitNoise the noise that the image starts with
   */
  public Denoiser keeping(Denoiser denoiser, float[] picture, float[] repaint, float[] unitNoise) {
    return variancePreserving()
        ? new KeptPart.InInput(denoiser, picture, repaint, unitNoise)
        : new KeptPart.InPrediction(denoiser, picture, repaint);
  }
}
