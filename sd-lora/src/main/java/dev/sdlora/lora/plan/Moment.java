package dev.sdlora.lora.plan;

import dev.sdlora.api.lora.StrengthSchedule;

/**
 * A call of the U-Net on the way from noise to image.
 *
 * @param step the number of its step, from 0
 * @param steps how many there are
 * @param sigma its noise level
 */
public record Moment(int step, int steps, double sigma) {
  /** Before everything. */
  public static final Moment START = new Moment(0, 1, Double.POSITIVE_INFINITY);

  /** What a schedule says of it. */
  public double strength(StrengthSchedule schedule) {
    return schedule.at(step, steps, sigma);
  }
}
