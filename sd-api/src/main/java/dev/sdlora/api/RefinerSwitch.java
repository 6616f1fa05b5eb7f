package dev.sdlora.api;

import dev.sdlora.api.value.Checks;

/**
 * When the refiner of a pipeline takes the place of its checkpoint. Immutable.
 *
 * @param at the share of the way that is made before, from 0 to 1; A1111 starts from 0.8
 * @param bySteps whether that is a share of the sampler's calls; otherwise, as in A1111, of the
 *     training's time steps, so that it is a noise level and does not hang on the schedule
 */
public record RefinerSwitch(double at, boolean bySteps) {
  /**
   * Checks the share.
   *
   * @param at from 0 to 1
   * @param bySteps false for a noise level, as in A1111
   * @throws IllegalArgumentException if the share is not from 0 to 1
   */
  public RefinerSwitch {
    Checks.inRange(0, 1, at, "refiner switch");
  }

  /**
   * Makes a switch at a noise level, as A1111's.
   *
   * @param share of the training's time steps that lie before the switch, from 0 to 1
   * @return the switch
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public static RefinerSwitch at(double share) {
    return new RefinerSwitch(share, false);
  }
}
