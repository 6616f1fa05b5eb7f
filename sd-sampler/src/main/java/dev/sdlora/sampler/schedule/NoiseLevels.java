package dev.sdlora.sampler.schedule;

import java.util.Optional;

/**
 * The noise that a model was trained on: one level (sigma) for each training time step, increasing
 * with time. Between two steps, levels are interpolated on a logarithmic scale, those of a flow
 * computed. Immutable.
 *
 * <p>A training image at time t is {@code sqrt(a)·clean + sqrt(1 - a)·noise}, where a, the
 * cumulative product of {@code 1 - beta}, is the remaining fraction of the signal (Ho et al. 2020,
 * equation 4). Divided by {@code sqrt(a)} it is {@code clean + sigma·noise} with {@code sigma² = (1
 * - a) / a}, the form that samplers use ({@link NoiseForm#exploding}). Rectified flows mix clean
 * latent and noise in another form, which {@link #form} tells; their samplers use that form.
 */
public final class NoiseLevels {
  private static final int STABLE_DIFFUSION_STEPS = 1000;
  private static final double STABLE_DIFFUSION_FIRST_BETA = 0.00085;
  private static final double STABLE_DIFFUSION_LAST_BETA = 0.012;

  /**
   * The fraction of signal that A1111 and ComfyUI keep at the end of a rescaled schedule instead of
   * 0.
   */
  private static final double NEARLY_ZERO = 4.8973451890853435e-08;

  private static final int FLOW_LEVELS = 1000;

  /** ComfyUI's table for FLUX. */
  private static final int FLUX_LEVELS = 10_000;

  /** ComfyUI and Forge use this mu of FLUX.1 for all images. */
  private static final double FLUX1_MU = 1.15;

  /** ComfyUI and Forge use this mu of FLUX.2 for all images. */
  private static final double FLUX2_MU = 2.02;

  private final double[] sigmas;
  private final double[] logSigmas;
  private final Optional<FlowForm> flow;

  private NoiseLevels(double[] sigmas) {
    this(sigmas, Optional.empty());
  }

  private NoiseLevels(double[] sigmas, Optional<FlowForm> flow) {
    this.sigmas = sigmas;
    this.flow = flow;
    this.logSigmas = new double[sigmas.length];
    for (int i = 0; i < sigmas.length; i++) {
      logSigmas[i] = Math.log(sigmas[i]);
    }
  }

  /**
   * Returns the levels of Stable Diffusion 1, 2 and XL: 1000 steps with beta from 0.00085 to 0.012,
   * evenly spaced in its square root ("scaled linear").
   */
  public static NoiseLevels stableDiffusion() {
    double first = Math.sqrt(STABLE_DIFFUSION_FIRST_BETA);
    double last = Math.sqrt(STABLE_DIFFUSION_LAST_BETA);
    double[] alphasCumprod = new double[STABLE_DIFFUSION_STEPS];
    double product = 1;
    for (int i = 0; i < alphasCumprod.length; i++) {
      double rootBeta = first + (last - first) * i / (alphasCumprod.length - 1);
      product *= 1 - rootBeta * rootBeta;
      alphasCumprod[i] = product;
    }
    return ofAlphasCumprod(alphasCumprod);
  }

  /**
   * Returns the levels of a model trained on any level in a range (Karras et al. 2022, "Elucidating
   * the Design Space of Diffusion-Based Generative Models"), evenly spaced in their logarithm,
   * which is the input of these models.
   *
   * @param sigmaMin the lowest level, above 0
   * @param sigmaMax the highest level, above the lowest
   * @throws IllegalArgumentException if the range is invalid
   */
  public static NoiseLevels logarithmic(double sigmaMin, double sigmaMax) {
    if (!(sigmaMin > 0 && sigmaMax > sigmaMin && sigmaMax < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "noise levels must rise from above 0: " + sigmaMin + " to " + sigmaMax);
    }
    double[] sigmas = new double[STABLE_DIFFUSION_STEPS];
    double first = Math.log(sigmaMin);
    double last = Math.log(sigmaMax);
    for (int i = 0; i < sigmas.length; i++) {
      sigmas[i] = Math.exp(first + (last - first) * i / (sigmas.length - 1));
    }
    return new NoiseLevels(sigmas);
  }

  /**
   * Returns the levels of a model with another noise schedule.
   *
   * @param alphasCumprod the remaining fraction of the signal after each training step, named
   *     {@code alphas_cumprod} in checkpoints; strictly decreasing inside (0, 1), at least two
   * @throws IllegalArgumentException if the values are invalid; a schedule that ends in exactly 0
   *     ("zero terminal SNR") is also rejected, because its last level would be infinite
   */
  public static NoiseLevels ofAlphasCumprod(double[] alphasCumprod) {
    if (alphasCumprod.length < 2) {
      throw new IllegalArgumentException(
          "alphas_cumprod must have at least two values: " + alphasCumprod.length);
    }
    double[] sigmas = new double[alphasCumprod.length];
    double previous = 1;
    for (int i = 0; i < sigmas.length; i++) {
      double alpha = alphasCumprod[i];
      if (!(alpha > 0 && alpha < previous)) {
        throw new IllegalArgumentException(
            "alphas_cumprod must strictly decrease inside (0, 1): [%s]=%s after %s"
                .formatted(i, alpha, previous));
      }
      sigmas[i] = Math.sqrt((1 - alpha) / alpha);
      previous = alpha;
    }
    return new NoiseLevels(sigmas);
  }

  /**
   * Returns the levels of a rectified flow with a shift: 1000 evenly spaced times, from 1/1000 to
   * 1, shifted towards the noise. Z-Image has 6 and its Turbo model 3.
   *
   * @param shift above 0; 1 leaves the times as they are
   * @throws IllegalArgumentException if it is out of range
   */
  public static NoiseLevels flow(double shift) {
    return flow(FLOW_LEVELS, FlowForm.of(shift));
  }

  /**
   * Returns the levels of Stable Diffusion 3. They are those of {@link #flow(double)}, but its own
   * schedule ({@link dev.sdlora.api.sampling.Schedule#AUTOMATIC}) is that of Stability AI's code
   * and of diffusers, which is {@link dev.sdlora.api.sampling.Schedule#NORMAL}.
   *
   * @param shift above 0, usually 3
   * @throws IllegalArgumentException if it is out of range
   */
  public static NoiseLevels sd3(double shift) {
    return flow(FLOW_LEVELS, new FlowForm(shift, steps -> shift, 1.0 / FLOW_LEVELS));
  }

  /**
   * Returns the levels of a rectified flow with a shift of {@code exp(mu)}: 10,000 evenly spaced
   * times, as ComfyUI has for FLUX.1, where mu is 1.15.
   *
   * @param mu any number; 0 leaves the times as they are
   * @throws IllegalArgumentException if the shift is infinite or 0
   */
  public static NoiseLevels flowWithMu(double mu) {
    return flow(FLUX_LEVELS, FlowForm.of(Math.exp(mu)));
  }

  /**
   * Returns the levels of FLUX.1 [dev], its kin and Chroma. Their own schedule ({@link
   * dev.sdlora.api.sampling.Schedule#AUTOMATIC}) is shifted by the number of image tokens, as in
   * diffusers and Black Forest Labs' code; all others choose among 10,000 levels with a mu of 1.15,
   * as in ComfyUI and Forge.
   *
   * @param imageTokens the tokens of the image, {@code width·height / 256}, without those of
   *     reference images
   */
  public static NoiseLevels flux1(int imageTokens) {
    double own = Math.exp(FlowForm.flux1Mu(imageTokens));
    return flow(FLUX_LEVELS, new FlowForm(Math.exp(FLUX1_MU), steps -> own));
  }

  /**
   * Returns the levels of FLUX.2. Its own schedule ({@link
   * dev.sdlora.api.sampling.Schedule#AUTOMATIC}) is shifted by the number of image tokens and of
   * steps, as in Black Forest Labs' code; all others choose among 10,000 levels with a mu of 2.02,
   * as in ComfyUI and Forge.
   *
   * @param imageTokens the tokens of the image, {@code width·height / 256}, without those of
   *     reference images
   */
  public static NoiseLevels flux2(int imageTokens) {
    return flow(
        FLUX_LEVELS,
        new FlowForm(Math.exp(FLUX2_MU), steps -> Math.exp(FlowForm.flux2Mu(imageTokens, steps))));
  }

  private static NoiseLevels flow(int count, FlowForm form) {
    double[] sigmas = new double[count];
    for (int i = 0; i < count; i++) {
      sigmas[i] = form.atTime((i + 1.0) / count);
    }
    return new NoiseLevels(sigmas, Optional.of(form));
  }

  /**
   * Returns the same flow with another shift, also for its own schedule.
   *
   * @param shift above 0
   * @throws IllegalArgumentException if the model is no flow, or the shift is out of range
   */
  public NoiseLevels withShift(double shift) {
    requireFlowForShift();
    return flow(sigmas.length, flow.orElseThrow().withShift(shift));
  }

  /**
   * Throws unless the model is a flow, which a request with a shift needs.
   *
   * @throws IllegalArgumentException if it is not
   */
  public void requireFlowForShift() {
    if (flow.isEmpty()) {
      throw new IllegalArgumentException(
          "shift is for models that are rectified flows, such as FLUX.2 and Z-Image; this model's"
              + " noise levels have none");
    }
  }

  /** Returns the form of this model's noisy latents. */
  public NoiseForm form() {
    return flow.isPresent() ? flow.get() : NoiseForm.exploding();
  }

  /** Returns the form of this model's noisy latents if it is a flow. */
  Optional<FlowForm> flow() {
    return flow;
  }

  /**
   * Returns the same levels rescaled so that the last time step is nearly pure noise, "zero
   * terminal SNR": Lin et al. 2023 ("Common Diffusion Noise Schedules and Sample Steps are
   * Flawed"), algorithm 1. The square roots of {@code alphas_cumprod} are shifted so that the last
   * is 0 and scaled so that the first stays the same. The last fraction of signal is 4.9e-8 instead
   * of 0, a level of about 4519. A flow ends in pure noise anyway, and stays as it is.
   */
  public NoiseLevels zeroTerminalSnr() {
    if (flow.isPresent()) {
      return this;
    }
    int last = sigmas.length - 1;
    double firstRoot = Math.sqrt(alphaCumprod(0));
    double lastRoot = Math.sqrt(alphaCumprod(last));
    double[] alphas = new double[sigmas.length];
    for (int i = 0; i < last; i++) {
      double root = (Math.sqrt(alphaCumprod(i)) - lastRoot) * firstRoot / (firstRoot - lastRoot);
      alphas[i] = root * root;
    }
    alphas[last] = NEARLY_ZERO;
    return ofAlphasCumprod(alphas);
  }

  /** Returns the number of training time steps; times range from 0 to one less. */
  public int trainingSteps() {
    return sigmas.length;
  }

  /**
   * Returns the remaining fraction of the signal at a training time step, {@code alphas_cumprod};
   * it decreases from 1 towards 0.
   *
   * @param time from 0 to {@code trainingSteps() - 1}
   * @throws IllegalStateException if the model is a flow, whose times have no such fraction
   */
  public double alphaCumprod(int time) {
    if (flow.isPresent()) {
      throw new IllegalStateException("a rectified flow has no alphas_cumprod");
    }
    return 1 / (1 + sigmas[time] * sigmas[time]);
  }

  /** Returns the lowest level, that of time 0; about 0.0292 for Stable Diffusion. */
  public double sigmaMin() {
    return sigmas[0];
  }

  /** Returns the highest level, that of the last time step; about 14.61 for Stable Diffusion. */
  public double sigmaMax() {
    return sigmas[sigmas.length - 1];
  }

  /**
   * Returns the training time at which the noise has this level.
   *
   * @param sigma a level of at least 0; levels outside the training range are clamped to it
   * @return the time, with a fraction between two steps, from 0 to {@code trainingSteps() - 1}
   * @throws IllegalArgumentException if {@code sigma} is negative or NaN
   */
  public double sigmaToTime(double sigma) {
    if (!(sigma >= 0)) {
      throw new IllegalArgumentException("sigma must not be negative: " + sigma);
    }
    if (sigma <= sigmaMin()) {
      return 0;
    }
    if (sigma >= sigmaMax()) {
      return sigmas.length - 1;
    }
    if (flow.isPresent()) {
      return flow.get().time(sigma) * sigmas.length - 1;
    }
    int low = 0;
    int high = sigmas.length - 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (sigmas[middle] <= sigma) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low + (Math.log(sigma) - logSigmas[low]) / (logSigmas[high] - logSigmas[low]);
  }

  /** Returns the training time step whose level is nearest; the lower one of a tie. */
  public int nearestTime(double sigma) {
    int low = (int) sigmaToTime(sigma);
    boolean next =
        low < sigmas.length - 1
            && Math.abs(sigmas[low + 1] - sigma) < Math.abs(sigmas[low] - sigma);
    return next ? low + 1 : low;
  }

  /**
   * Returns the noise level at a training time; the inverse of {@link #sigmaToTime}.
   *
   * @param time from 0 to {@code trainingSteps() - 1}, fractions included
   * @throws IllegalArgumentException if {@code time} is outside that range or NaN
   */
  public double timeToSigma(double time) {
    int last = sigmas.length - 1;
    if (!(time >= 0 && time <= last)) {
      throw new IllegalArgumentException("time must be from 0 to " + last + ": " + time);
    }
    int low = (int) time;
    double fraction = time - low;
    if (fraction == 0) {
      return sigmas[low]; // exact, and there is no next level after the last
    }
    if (flow.isPresent()) {
      return flow.get().atTime((time + 1) / sigmas.length);
    }
    return Math.exp((1 - fraction) * logSigmas[low] + fraction * logSigmas[low + 1]);
  }
}
