package dev.sdlora.sampler.plan;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.SigmaRule;
import dev.sdlora.sampler.SigmaRule.Part;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * Everything that is fixed before a latent is sampled: the noise levels, the method, and the
 * scaling of the first and the last latent. Immutable, safe to share between threads.
 *
 * <p>Samplers differ in the scale of the first noise, as in A1111. Those from k-diffusion start
 * from {@code noise·sigma} and return the latent as it is. Those on training times, such as DDIM,
 * start from unit noise in the model's own, variance-preserving form, {@code x / sqrt(1 + sigma²)},
 * and return that form.
 *
 * <p>Rectified flows have levels of another form, see {@link NoiseForm}. All samplers follow the
 * schedule then; those that have no form for flows are refused.
 */
public final class SamplingPlan {
  private final SamplingSettings settings;
  private final NoiseLevels levels;
  private final SamplingMethod method;
  private final SigmaRule rule;
  private final Sigmas sigmas;

  /** The levels of the full schedule, which the noise between levels spans, as in A1111. */
  private final Sigmas whole;

  /**
   * The noise level of the first latent of an image; not the first level for samplers on training
   * times.
   */
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
    this.rule = method.levels().of(settings, levels);
    this.whole = whole;
    this.sigmas = part.sigmas();
    this.pictureSigma = part.pictureSigma();
  }

  /**
   * Creates the plan of a full schedule, from noise.
   *
   * @param settings the request; samplers on training times accept from 2 steps to the number of
   *     training steps, and {@link Schedules#ddim} documents how many steps they make, unless the
   *     schedule is trailing
   * @param trained the noise that the model was trained on; the options may shift that of a flow
   * @param family the family of the model
   * @throws IllegalArgumentException if the number of steps is out of range, options contradict the
   *     model's levels, or the model is a flow and the sampler or the schedule has no form for it
   */
  public static SamplingPlan of(
      SamplingSettings settings, NoiseLevels trained, ModelFamily family) {
    NoiseLevels levels = settings.shifted(trained);
    SamplingMethod method = SamplingMethods.of(settings.sampler(), levels, settings.options());
    Sigmas sigmas = method.levels().of(settings, levels).whole(settings, levels, family);
    return new SamplingPlan(settings, levels, method, sigmas, Part.of(sigmas));
  }

  /**
   * Creates the plan of the last part of this schedule, starting from an image.
   *
   * @param encoded the number of steps for which noise is added to the image, from 0 to one less
   *     than requested, see {@link ImageToImageSteps#encoded}. Samplers with a schedule make one
   *     step more. Those on training times start from the noise of the step before their first, as
   *     A1111 does, and make one step less, but at least one
   * @throws IllegalArgumentException if it is out of range
   */
  public SamplingPlan from(int encoded) {
    if (encoded < 0 || encoded >= settings.steps()) {
      throw new IllegalArgumentException(
          "the number of encoded steps must be from 0 to %s: %s"
              .formatted(settings.steps() - 1, encoded));
    }
    Part part = rule.part(sigmas, encoded, settings, levels);
    return new SamplingPlan(settings, levels, method, sigmas, part);
  }

  /** Returns the noise levels; most samplers make one step between two levels. */
  public Sigmas sigmas() {
    return sigmas;
  }

  /** Returns the method that samples these levels. */
  SamplingMethod method() {
    return method;
  }

  /**
   * Returns the number of steps reported to the observer. For DPM adaptive, which chooses its steps
   * while sampling, this is the requested number, and there may be fewer or more.
   */
  public int steps() {
    return method.steps(sigmas);
  }

  /** Returns the factor that turns unit noise into the start latent of the method. */
  public double startScale() {
    double first = sigmas.at(0);
    boolean sgm = settings.options().sgmNoiseMultiplier() && !levels.form().isFlow();
    return variancePreserving() || sgm ? spread(first) : first;
  }

  /**
   * Returns the factor that turns the method's result into the final latent; 1 except on training
   * times.
   */
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
   * @param noise provides fresh noise for steps that need it; usually the source of {@code
   *     unitNoise}
   * @param observer notified of every step
   * @return the final latent, a new array
   */
  public float[] run(
      Denoiser denoiser, float[] unitNoise, NoiseSource noise, StepObserver observer) {
    return walk(denoiser, Latents.scale(startScale(), unitNoise), noise, observer);
  }

  /**
   * Samples a latent from that of an image, usually with a plan returned by {@link #from}.
   *
   * @param denoiser the model
   * @param picture the clean latent; not modified
   * @param unitNoise standard normal numbers, one for each element of the latent; not modified
   * @param noise provides fresh noise for steps that need it; usually the source of {@code
   *     unitNoise}
   * @param observer notified of every step
   * @return the final latent, a new array
   */
  public float[] run(
      Denoiser denoiser,
      float[] picture,
      float[] unitNoise,
      NoiseSource noise,
      StepObserver observer) {
    // On training times, a latent in the samplers' form is larger by spread(first level).
    double form = variancePreserving() ? spread(sigmas.at(0)) : 1;
    double shrink = variancePreserving() ? form / spread(pictureSigma) : 1;
    double noiseScale = shrink * pictureSigma + form * settings.options().extraNoise();
    double signal = shrink * levels.form().signal(pictureSigma);
    float[] start = Latents.combine(signal, picture, noiseScale, unitNoise);
    return walk(denoiser, start, noise, observer);
  }

  private float[] walk(Denoiser denoiser, float[] start, NoiseSource noise, StepObserver observer) {
    NoiseSource between = noise.over(whole.lastPositive(), whole.at(0));
    return Latents.scale(endScale(), method.sample(denoiser, start, sigmas, between, observer));
  }

  /**
   * Returns a denoiser that keeps a part of an image unchanged, for inpainting. With most samplers
   * it blends the prediction with the image; with those on training times, as in A1111, it blends
   * the noisy latent that the model sees with the noisy image. The caller must blend the final
   * latent once more.
   *
   * @param denoiser the model
   * @param picture the clean latent of the image
   * @param repaint for each element 1 to generate the image anew, 0 to keep it
   * @param unitNoise the noise with which the image starts
   */
  public Denoiser keeping(Denoiser denoiser, float[] picture, float[] repaint, float[] unitNoise) {
    return variancePreserving()
        ? new KeptPart.InInput(denoiser, picture, repaint, unitNoise)
        : new KeptPart.InPrediction(denoiser, picture, repaint);
  }
}
