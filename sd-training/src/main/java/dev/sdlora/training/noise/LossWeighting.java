package dev.sdlora.training.noise;

import dev.sdlora.training.option.TrainingLoss;
import java.util.OptionalDouble;

/**
 * The loss of a member of a batch by its noise level.
 *
 * @param loss the loss of a predicted number
 * @param minSnrGamma the bound on the signal-to-noise ratio in the weight of a member; empty for
 *     none
 * @param debiased whether members are weighed by one over the root of their signal-to-noise ratio
 */
public record LossWeighting(TrainingLoss loss, OptionalDouble minSnrGamma, boolean debiased) {
  /** The squared error, with the same weight at all noise levels. */
  public static final LossWeighting NONE =
      new LossWeighting(TrainingLoss.L2, OptionalDouble.empty(), false);

  /**
   * The factor on the loss of a member. Both weights multiply, as in kohya's trainer.
   *
   * @param velocity whether the network predicts velocity
   */
  public double weight(NoiseLevel level, boolean velocity) {
    double weight = Diffusion.minSnrWeight(level.snr(), minSnrGamma, velocity);
    return debiased ? weight * Diffusion.debiasedWeight(level.snr(), velocity) : weight;
  }

  /** The number of deltas for a batch of some size: none for the squared error. */
  public int deltas(int members) {
    return loss.shape() == TrainingLoss.Shape.L2 ? 0 : members;
  }

  /** The delta of a member's Huber loss. */
  public double delta(NoiseLevel level) {
    return loss.shape() == TrainingLoss.Shape.HUBER_BY_NOISE
        ? Diffusion.huberDelta(loss.delta(), level)
        : loss.delta();
  }
}
