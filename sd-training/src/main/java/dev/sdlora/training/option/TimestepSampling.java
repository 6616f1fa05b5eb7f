package dev.sdlora.training.option;

import dev.sdlora.api.value.Checks;
import java.util.Objects;

/**
 * A distribution of noise levels. A noise level is a number from 0, a clean image, to 1, pure
 * noise: the timestep divided by the number of timesteps, or a flow's sigma.
 *
 * @param shape the distribution, which is scaled to the range
 * @param mean the mean of {@link Shape#LOGIT_NORMAL}'s normal numbers
 * @param deviation their standard deviation, above 0
 * @param shift the factor of {@link Shape#SHIFTED}, above 0; above 1 for more noise
 * @param least the lowest level, 0 to 1
 * @param most the highest level, above the lowest, up to 1
 */
public record TimestepSampling(
    Shape shape, double mean, double deviation, double shift, double least, double most) {

  /** All levels equally often. */
  public static final TimestepSampling UNIFORM = new TimestepSampling(Shape.UNIFORM, 0, 1, 1, 0, 1);

  /**
   * Levels as in a schedule of the resolution, for flows whose schedule depends on it; the same as
   * {@link #UNIFORM} for others.
   */
  public static final TimestepSampling BY_RESOLUTION =
      new TimestepSampling(Shape.BY_RESOLUTION, 0, 1, 1, 0, 1);

  /** A distribution of noise levels. */
  public enum Shape {
    /** All levels equally often. */
    UNIFORM,
    /** The logistic function of a normal number (Esser et al. 2024, "SD 3"). */
    LOGIT_NORMAL,
    /** {@code shift·u / (1 + (shift - 1)·u)} of a uniform number. */
    SHIFTED,
    /** The same of the logistic function of a normal number, with the shift of the resolution. */
    BY_RESOLUTION
  }

  /** Checks the numbers; see the class for their ranges. */
  public TimestepSampling {
    Objects.requireNonNull(shape, "shape");
    Checks.finite(mean, "mean");
    Checks.positive(deviation, "deviation");
    Checks.positive(shift, "shift");
    Checks.inRange(0.0, 1.0, least, "least");
    Checks.inRange(0.0, 1.0, most, "most");
    Checks.require(least < most, "least", "be below most, " + most, least);
  }

  /**
   * Returns a distribution with most levels in the middle.
   *
   * @param mean the mean of the normal numbers, usually 0; above 0 for more noise
   * @param deviation their standard deviation, above 0, usually 1
   * @return the distribution
   */
  public static TimestepSampling logitNormal(double mean, double deviation) {
    return new TimestepSampling(Shape.LOGIT_NORMAL, mean, deviation, 1, 0, 1);
  }

  /**
   * Returns a distribution with more noise.
   *
   * @param shift the shift, above 0; 1 for all levels equally often
   * @return the distribution
   */
  public static TimestepSampling shifted(double shift) {
    return new TimestepSampling(Shape.SHIFTED, 0, 1, shift, 0, 1);
  }

  /**
   * Returns a copy that draws only from a range.
   *
   * @param lowest the lowest level, 0 to 1
   * @param highest the highest level, above the lowest, up to 1
   * @return the copy
   */
  public TimestepSampling within(double lowest, double highest) {
    return new TimestepSampling(shape, mean, deviation, shift, lowest, highest);
  }
}
