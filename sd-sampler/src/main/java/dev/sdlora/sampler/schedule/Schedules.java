package dev.sdlora.sampler.schedule;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Computes the noise levels of the schedules for a number of steps. */
public final class Schedules {
  /** The exponent of {@link #karras} in Karras et al. 2022. */
  public static final double KARRAS_RHO = 7;

  /** The share of the noise that the even steps of the linear quadratic schedule remove. */
  private static final double EVENLY_REMOVED = 0.025;

  private final int steps;
  private final NoiseLevels levels;
  private final SamplerOptions options;
  private final double sigmaMax;
  private final double sigmaMin;

  private Schedules(int steps, NoiseLevels levels, SamplerOptions options) {
    this.steps = steps;
    this.levels = levels;
    this.options = options;
    this.sigmaMax = options.sigmaMax().orElse(levels.sigmaMax());
    this.sigmaMin = options.sigmaMin().orElse(levels.sigmaMin());
    if (!(sigmaMin < sigmaMax)) {
      throw new IllegalArgumentException(
          "sigmaMin must be below sigmaMax: " + sigmaMin + ", " + sigmaMax);
    }
    if (levels.form().isFlow() && sigmaMax > 1) {
      throw new IllegalArgumentException(
          "sigmaMax of a rectified flow, whose noise levels end at 1, must be at most 1: "
              + sigmaMax);
    }
  }

  /**
   * Returns the levels of a schedule: downwards from the highest, the model's or that of the
   * options, then 0. Some differ, as in A1111: {@link Schedule#KL_OPTIMAL} ends at the lowest level
   * instead of 0, {@link Schedule#DDIM} does not start at the highest and may have more steps than
   * requested, and {@link Schedule#ALIGN_YOUR_STEPS}, {@link Schedule#SIMPLE}, {@code DDIM} and
   * {@link Schedule#TRAILING} ignore the range of the options.
   *
   * <p>The levels of a flow are those of ComfyUI: {@code KL_OPTIMAL} ends at 0, {@link
   * Schedule#BETA} selects among the trained levels and may have fewer steps than requested, and
   * {@link Schedule#AUTOMATIC} is the model's own schedule, which ignores the range of the options,
   * too.
   *
   * @param schedule any for flows, except {@code ALIGN_YOUR_STEPS}; for other models any except
   *     {@code AUTOMATIC}, whose meaning depends on the sampler
   * @param steps the number of denoising steps, at least 1; a single one goes from the highest
   *     level straight to the end, with {@code DDIM} from the second-lowest level
   * @param levels the noise that the model was trained on
   * @param family determines the table of {@code ALIGN_YOUR_STEPS}
   * @param options the range of levels, rho and the shape of the beta distribution
   * @throws IllegalArgumentException if {@code steps} is below 1, or with {@code SIMPLE}, {@code
   *     DDIM} and {@code TRAILING} not below the number of training steps, the range is empty, or
   *     the model does not have the schedule
   */
  public static Sigmas sigmas(
      Schedule schedule,
      int steps,
      NoiseLevels levels,
      ModelFamily family,
      SamplerOptions options) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1: " + steps);
    }
    Schedules all = new Schedules(steps, levels, options);
    return switch (schedule) {
      case NORMAL -> all.normal();
      case KARRAS -> all.toZero(karras(steps, all.sigmaMax, all.sigmaMin, all.rho(KARRAS_RHO)));
      case EXPONENTIAL -> all.polyexponential(1);
      case POLYEXPONENTIAL -> all.polyexponential(all.rho(1));
      case SGM_UNIFORM -> all.sgmUniform();
      case KL_OPTIMAL -> all.klOptimal();
      case ALIGN_YOUR_STEPS -> all.alignYourSteps(family);
      case SIMPLE -> all.simple();
      case DDIM -> all.ddimUniform();
      case TRAILING -> all.trailing(options.endAtSigmaMin().orElse(false) ? levels.sigmaMin() : 0);
      case BETA -> all.beta();
      case LINEAR_QUADRATIC -> all.linearQuadratic();
      case AUTOMATIC -> all.own();
    };
  }

  /**
   * Returns the levels of the samplers on training times: times 1, 1 + stride, 1 + 2·stride … from
   * the last down to 1, where stride is the number of training steps divided by {@code steps} and
   * rounded down. They end at the level of time 1, not at 0.
   *
   * <p>Because of the rounding the number of steps differs from that requested, as in A1111: with
   * 1000 training steps, 20 makes 19, 30 makes 30 and 50 makes 49. Above 500, where the stride is
   * 1, it is 998.
   *
   * @param steps from 2 to the number of training steps
   * @param levels the noise that the model was trained on
   * @throws IllegalArgumentException if {@code steps} is outside that range
   */
  public static Sigmas ddim(int steps, NoiseLevels levels) {
    int trainingSteps = levels.trainingSteps();
    if (steps < 2) {
      throw new IllegalArgumentException(
          "sampling on training times requires at least 2 steps: " + steps);
    }
    if (steps > trainingSteps) {
      throw new IllegalArgumentException(
          "sampling on training times has at most " + trainingSteps + " steps: " + steps);
    }
    int stride = trainingSteps / steps;
    int last = trainingSteps - 1;
    // A1111 clips the highest time to the last one. At stride 1 that visits the last time twice; a
    // step between equal levels changes nothing, so it is omitted here.
    double[] sigmas =
        IntStream.iterate(last / stride, k -> k >= 0, k -> k - 1)
            .map(k -> Math.min(1 + k * stride, last))
            .distinct()
            .mapToDouble(levels::timeToSigma)
            .toArray();
    return Sigmas.of(sigmas);
  }

  /**
   * Returns the levels of evenly spaced times down to 0, without a final level 0: UniPC's "time
   * uniform".
   *
   * @param steps at least 1; there is one more level
   * @param firstTime the first time, above 0
   * @param levels the noise that the model was trained on
   */
  public static Sigmas timeUniform(int steps, double firstTime, NoiseLevels levels) {
    return Sigmas.of(
        fill(steps + 1, i -> levels.timeToSigma(firstTime * (1 - (double) i / steps))));
  }

  /**
   * Returns the levels of Karras et al. 2022, equation 5: evenly spaced in the rho-th root of the
   * level, both ends included, without a final 0.
   *
   * @param count the number of levels, at least 1; a single one is the highest
   */
  public static double[] karras(int count, double sigmaMax, double sigmaMin, double rho) {
    double rootMax = Math.pow(sigmaMax, 1 / rho);
    double rootMin = Math.pow(sigmaMin, 1 / rho);
    return fill(count, i -> Math.pow(rootMax + ramp(i, count) * (rootMin - rootMax), rho));
  }

  /**
   * Returns the relative position of a level from the first to the last of {@code count} levels, 0
   * to 1.
   */
  static double ramp(int i, int count) {
    return count == 1 ? 0 : (double) i / (count - 1);
  }

  private Sigmas own() {
    return levels
        .flow()
        .map(flow -> Sigmas.of(flow.own(steps)))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "schedule must be resolved by Sampler.automaticSchedule(): "
                        + Schedule.AUTOMATIC));
  }

  private Sigmas alignYourSteps(ModelFamily family) {
    if (levels.form().isFlow()) {
      throw new IllegalArgumentException(
          "the schedule Align Your Steps has no table for rectified flows; Automatic is the model's"
              + " own");
    }
    return toZero(AlignYourSteps.levels(steps, family));
  }

  private Sigmas normal() {
    return toZero(fill(steps, i -> evenly(ramp(i, steps))));
  }

  /**
   * Returns the level at a fraction of the way between the times of the highest and the lowest
   * level. For flows, ComfyUI takes the levels themselves for times, so that the lowest is shifted
   * twice.
   */
  private double evenly(double fraction) {
    if (levels.flow().isPresent()) {
      return levels.flow().get().atTime(sigmaMax + fraction * (sigmaMin - sigmaMax));
    }
    double first = levels.sigmaToTime(sigmaMax);
    double last = levels.sigmaToTime(sigmaMin);
    return levels.timeToSigma(first + fraction * (last - first));
  }

  /** As {@link #normal}, but the step to 0 replaces the last of the evenly spaced times. */
  private Sigmas sgmUniform() {
    return toZero(fill(steps, i -> evenly((double) i / steps)));
  }

  /**
   * Lin et al. 2023, table 2: training steps at equal distances, counted from the last. Computed as
   * in numpy's {@code arange} and rounded to even, so that halves give the same times as in
   * diffusers.
   */
  private Sigmas trailing(double end) {
    requireTrainingSteps();
    double first = levels.trainingSteps();
    double stride = first - (first - first / steps);
    double[] sigmas =
        fill(steps + 1, i -> levels.timeToSigma(Math.max(0, Math.rint(first - i * stride) - 1)));
    if (sigmas[steps - 1] <= end) {
      throw new IllegalArgumentException(
          "steps are too many for a trailing schedule that ends at the lowest sigma: " + steps);
    }
    sigmas[steps] = end;
    return Sigmas.of(sigmas);
  }

  private Sigmas polyexponential(double rho) {
    double logMin = Math.log(sigmaMin);
    double range = Math.log(sigmaMax) - logMin;
    return toZero(fill(steps, i -> Math.exp(logMin + range * Math.pow(1 - ramp(i, steps), rho))));
  }

  private Sigmas klOptimal() {
    double first = Math.atan(sigmaMax);
    double last = Math.atan(sigmaMin);
    if (levels.form().isFlow()) {
      return toZero(
          fill(steps, i -> i == 0 ? sigmaMax : Math.tan(first + ramp(i, steps) * (last - first))));
    }
    return Sigmas.of(fill(steps + 1, i -> Math.tan(first + (double) i / steps * (last - first))));
  }

  private Sigmas simple() {
    requireTrainingSteps();
    double stride = (double) levels.trainingSteps() / steps;
    return toZero(
        fill(steps, i -> levels.timeToSigma(levels.trainingSteps() - 1 - (int) (i * stride))));
  }

  private Sigmas ddimUniform() {
    requireTrainingSteps();
    int stride = levels.trainingSteps() / steps;
    int highest = (levels.trainingSteps() - 2) / stride;
    return toZero(fill(highest + 1, i -> levels.timeToSigma(1 + (highest - i) * stride)));
  }

  private Sigmas beta() {
    BetaDistribution shape = new BetaDistribution(options.betaAlpha(), options.betaBeta());
    if (levels.form().isFlow()) {
      int last = levels.trainingSteps() - 1;
      return toZero(
          IntStream.range(0, steps)
              .mapToDouble(i -> Math.rint(shape.quantile(1 - (double) i / steps) * last))
              .distinct()
              .map(levels::timeToSigma)
              .toArray());
    }
    return toZero(
        fill(steps, i -> sigmaMin + (sigmaMax - sigmaMin) * shape.quantile(1 - ramp(i, steps))));
  }

  private Sigmas linearQuadratic() {
    int even = Math.max(1, steps / 2);
    double perStep = EVENLY_REMOVED / even;
    return toZero(
        fill(
            steps,
            i -> {
              double grown = i <= even ? 0 : (double) (i - even) / (steps - even);
              return sigmaMax * (1 - i * perStep - (1 - steps * perStep) * grown * grown);
            }));
  }

  private double rho(double own) {
    return options.rho().orElse(own);
  }

  private void requireTrainingSteps() {
    if (steps >= levels.trainingSteps()) {
      throw new IllegalArgumentException(
          "steps must be fewer than the model's "
              + levels.trainingSteps()
              + " training steps with this schedule: "
              + steps);
    }
  }

  private Sigmas toZero(double[] sigmas) {
    return Sigmas.of(Arrays.copyOf(sigmas, sigmas.length + 1));
  }

  private static double[] fill(int count, IntToDoubleFunction level) {
    return IntStream.range(0, count).mapToDouble(level).toArray();
  }
}
