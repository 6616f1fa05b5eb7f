package dev.sdlora.lora.plan;

import dev.sdlora.api.lora.StrengthSchedule;

/**
 * A call of the U-Net during denoising.
 *
 * @param step the index of its step, from 0
 * @param steps the number of steps
 * @param sigma its noise level
 */
public record Moment(int step, int steps, double sigma) {
  /** The moment before the first step. */
  public static final Moment START = new Moment(0, 1, Double.POSITIVE_INFINITY);

  /** The strength that a schedule has at this moment. */
  public double strength(StrengthSchedule schedule) {
    return schedule.at(step, steps, sigma);
  }
}
