package dev.sdlora.api.sampling;

import dev.sdlora.api.value.Checks;
import java.util.Objects;

/**
 * Where on the way from noise to image guidance acts (Kynkäänniemi et al. 2024, "Applying Guidance
 * in a Limited Interval Improves Sample and Distribution Quality in Diffusion Models"). Outside of
 * it the model draws by the prompt alone, as at guidance scale 1, which takes half of the work: the
 * negative prompt has no part there, nor has the image scale of a model that edits.
 *
 * <p>Two kinds of limits act together. {@link #ofSteps Shares of the steps} are what A1111 has for
 * the start ("Ignore negative prompt during early sampling", in its images {@code Skip Early CFG});
 * as there, it is calls of the model that count, of which some samplers make two a step, and hires
 * fix counts anew. {@link #ofSigmas Noise levels} are those of the paper, and of A1111 for the end
 * ("Negative Guidance minimum sigma" on all steps: {@code NGMS}, {@code NGMS all steps}); they mean
 * the same whatever sampler, schedule and number of steps are. Immutable.
 *
 * @param start the share of the calls after which guidance begins, from 0. A call is guided if the
 *     share made before it is larger, so that any start above 0 leaves out the first call
 * @param end the share of the calls at which it ends, up to 1 for never
 * @param sigmaMin the lowest noise level that is guided, 0 for all
 * @param sigmaMax the highest noise level that is guided, infinity for all
 */
public record GuidanceRange(double start, double end, double sigmaMin, double sigmaMax) {
  /** All of the way, the default. */
  public static final GuidanceRange ALL = new GuidanceRange(0, 1, 0, Double.POSITIVE_INFINITY);

  /** None of it: the same as guidance scale 1. */
  public static final GuidanceRange NONE = new GuidanceRange(0, 0, 0, Double.POSITIVE_INFINITY);

  /**
   * Checks the limits.
   *
   * @param start from 0 to {@code end}
   * @param end from {@code start} to 1
   * @param sigmaMin from 0 to {@code sigmaMax}, finite
   * @param sigmaMax from {@code sigmaMin}
   * @throws IllegalArgumentException if one is out of range
   */
  public GuidanceRange {
    Checks.inRange(0, 1, end, "guidance end");
    Checks.require(start >= 0 && start <= end, "guidance start", "be from 0 to its end", start);
    Checks.notNegative(sigmaMin, "lowest guided sigma");
    Checks.require(
        sigmaMax >= sigmaMin, "highest guided sigma", "not be below the lowest", sigmaMax);
  }

  /**
   * Makes a range of steps, such as 0.1 to 0.8.
   *
   * @param start the share of the calls after which guidance begins, from 0
   * @param end the share at which it ends, up to 1
   * @return the range
   * @throws IllegalArgumentException if the shares are not from 0 to 1, or in another order
   */
  public static GuidanceRange ofSteps(double start, double end) {
    return new GuidanceRange(start, end, 0, Double.POSITIVE_INFINITY);
  }

  /**
   * Makes a range of noise levels; that of the paper for SDXL is 0.28 to 5.42.
   *
   * @param lowest the lowest level that is guided, from 0
   * @param highest the highest level that is guided; infinity for no limit
   * @return the range
   * @throws IllegalArgumentException if one is negative or NaN, or they are in another order
   */
  public static GuidanceRange ofSigmas(double lowest, double highest) {
    return new GuidanceRange(0, 1, lowest, highest);
  }

  /**
   * The part that two ranges share.
   *
   * @param other the other range
   * @return what is in both; {@link #NONE} if nothing is
   */
  public GuidanceRange and(GuidanceRange other) {
    Objects.requireNonNull(other, "other");
    double from = Math.max(start, other.start);
    double to = Math.min(end, other.end);
    double least = Math.max(sigmaMin, other.sigmaMin);
    double most = Math.min(sigmaMax, other.sigmaMax);
    return from > to || least > most ? NONE : new GuidanceRange(from, to, least, most);
  }

  /**
   * Whether a call of the model is guided.
   *
   * @param share of the calls that were made before it, 0 for the first; some samplers make more
   *     calls than are planned, so it may pass 1
   * @param sigma its noise level
   * @return whether guidance acts
   */
  public boolean contains(double share, double sigma) {
    return (start == 0 || share > start)
        && (end == 1 || share < end)
        && sigma >= sigmaMin
        && sigma <= sigmaMax;
  }
}
