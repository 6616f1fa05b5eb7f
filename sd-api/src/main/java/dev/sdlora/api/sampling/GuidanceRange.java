package dev.sdlora.api.sampling;

import dev.sdlora.api.value.Checks;
import java.util.Objects;

/**
 * The part of sampling in which guidance is active (Kynkäänniemi et al. 2024, "Applying Guidance in
 * a Limited Interval Improves Sample and Distribution Quality in Diffusion Models"). Outside of it
 * the model follows only the prompt, as at CFG scale 1, which takes half the work: the negative
 * prompt has no effect there, nor does the image CFG scale of an editing model.
 *
 * <p>Two kinds of limits apply together. {@link #ofSteps Fractions of the steps} are A1111's limit
 * for the start ("Ignore negative prompt during early sampling", {@code Skip Early CFG} in its
 * metadata). As in A1111, they count model calls: some samplers make two calls per step, and hires
 * fix starts counting anew. {@link #ofSigmas Noise levels} are the limits of the paper, and A1111's
 * limit for the end ("Negative Guidance minimum sigma" on all steps: {@code NGMS}, {@code NGMS all
 * steps}). Their meaning does not depend on the sampler, the schedule or the number of steps.
 * Immutable.
 *
 * @param start the fraction of the calls after which guidance begins, 0 to {@code end}. A call is
 *     guided if the fraction made before it is larger, so any start above 0 excludes the first call
 * @param end the fraction of the calls at which guidance ends, {@code start} to 1; at 1 it never
 *     ends
 * @param sigmaMin the lowest guided sigma; 0 for no limit
 * @param sigmaMax the highest guided sigma; infinity for no limit
 */
public record GuidanceRange(double start, double end, double sigmaMin, double sigmaMax) {
  /** The whole of sampling. The default. */
  public static final GuidanceRange ALL = new GuidanceRange(0, 1, 0, Double.POSITIVE_INFINITY);

  /** An empty range: no guidance, as at CFG scale 1. */
  public static final GuidanceRange NONE = new GuidanceRange(0, 0, 0, Double.POSITIVE_INFINITY);

  /**
   * Checks the limits.
   *
   * @param start the fraction of the calls after which guidance begins, 0 to {@code end}
   * @param end the fraction of the calls at which guidance ends, {@code start} to 1
   * @param sigmaMin the lowest guided sigma, 0 to {@code sigmaMax}, finite
   * @param sigmaMax the highest guided sigma, at least {@code sigmaMin}
   * @throws IllegalArgumentException if a limit is out of range
   */
  public GuidanceRange {
    Checks.inRange(0, 1, end, "guidance end");
    Checks.require(start >= 0 && start <= end, "guidance start", "be from 0 to its end", start);
    Checks.notNegative(sigmaMin, "lowest guided sigma");
    Checks.require(
        sigmaMax >= sigmaMin, "highest guided sigma", "not be below the lowest", sigmaMax);
  }

  /**
   * Returns a range of steps, such as 0.1 to 0.8.
   *
   * @param start the fraction of the calls after which guidance begins, at least 0
   * @param end the fraction of the calls at which guidance ends, at most 1
   * @return the range
   * @throws IllegalArgumentException if a fraction is not from 0 to 1, or the end is before the
   *     start
   */
  public static GuidanceRange ofSteps(double start, double end) {
    return new GuidanceRange(start, end, 0, Double.POSITIVE_INFINITY);
  }

  /**
   * Returns a range of noise levels. The paper's range for SDXL is 0.28 to 5.42.
   *
   * @param lowest the lowest guided sigma, at least 0
   * @param highest the highest guided sigma; infinity for no limit
   * @return the range
   * @throws IllegalArgumentException if a sigma is negative or NaN, or the highest is below the
   *     lowest
   */
  public static GuidanceRange ofSigmas(double lowest, double highest) {
    return new GuidanceRange(0, 1, lowest, highest);
  }

  /**
   * Returns the intersection of two ranges.
   *
   * @param other the other range
   * @return the intersection; {@link #NONE} if it is empty
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
   * Returns whether a model call is guided.
   *
   * @param share the fraction of the calls made before this one, 0 for the first; it may exceed 1,
   *     because some samplers make more calls than planned
   * @param sigma the call's noise level
   * @return whether guidance is active
   */
  public boolean contains(double share, double sigma) {
    return (start == 0 || share > start)
        && (end == 1 || share < end)
        && sigma >= sigmaMin
        && sigma <= sigmaMax;
  }
}
