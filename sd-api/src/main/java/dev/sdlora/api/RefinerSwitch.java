package dev.sdlora.api;

import dev.sdlora.api.value.Checks;

/**
 * The point at which the refiner of a pipeline replaces its checkpoint. Immutable.
 *
 * @param at the fraction of sampling before the switch, 0 to 1; A1111's default is 0.8
 * @param bySteps whether it is a fraction of the sampler's calls; otherwise it is a fraction of the
 *     training timesteps, as in A1111, and thus a noise level that does not depend on the schedule
 */
public record RefinerSwitch(double at, boolean bySteps) {
  /**
   * Checks the fraction.
   *
   * @param at the fraction of sampling before the switch, 0 to 1
   * @param bySteps whether it is a fraction of the sampler's calls; false for a noise level, as in
   *     A1111
   * @throws IllegalArgumentException if the fraction is not from 0 to 1
   */
  public RefinerSwitch {
    Checks.inRange(0, 1, at, "refiner switch");
  }

  /**
   * Returns a switch at a noise level, as in A1111.
   *
   * @param share the fraction of the training timesteps before the switch, 0 to 1
   * @return the switch
   * @throws IllegalArgumentException if the fraction is not from 0 to 1
   */
  public static RefinerSwitch at(double share) {
    return new RefinerSwitch(share, false);
  }
}
