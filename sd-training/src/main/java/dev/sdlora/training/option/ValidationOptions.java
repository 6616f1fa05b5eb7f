package dev.sdlora.training.option;

import dev.sdlora.api.value.Checks;

/**
 * The measurement of the loss on images that are not trained on, at fixed noise.
 *
 * @param share the share of the images to hold out, above 0 and below 1
 * @param every the number of steps between measurements, at least 1
 * @param patience the number of measurements in a row without a new minimum after which training
 *     stops and the LoRA of the minimum is kept, at least 1; 0 for never
 */
public record ValidationOptions(double share, int every, int patience) {
  /** Checks the options; see the class for their ranges. */
  public ValidationOptions {
    Checks.require(share > 0 && share < 1, "share", "be above 0 and below 1", share);
    Checks.atLeast(1, every, "every");
    Checks.atLeast(0, patience, "patience");
  }
}
