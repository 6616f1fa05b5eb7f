package dev.sdlora.training.option;

import dev.sdlora.api.value.Checks;
import java.util.Objects;

/**
 * The loss of a predicted number.
 *
 * @param shape the shape of the loss
 * @param delta the error at which {@link Shape#HUBER} turns from a parabola into a line, above 0;
 *     ignored by {@link Shape#L2}
 */
public record TrainingLoss(Shape shape, double delta) {
  /** The squared error. */
  public static final TrainingLoss L2 = new TrainingLoss(Shape.L2, 1);

  /** The shape of a loss. */
  public enum Shape {
    /** The squared error. */
    L2,
    /** The pseudo-Huber loss {@code 2·delta·(sqrt(error² + delta²) - delta)}, as in kohya's. */
    HUBER,
    /**
     * The same, with a delta that falls from 1 for a clean image to the given one for pure noise:
     * {@code delta + (1 - delta) / (1 + noise / signal)²}, the {@code snr} schedule of kohya's.
     */
    HUBER_BY_NOISE
  }

  /** Checks the delta. */
  public TrainingLoss {
    Objects.requireNonNull(shape, "shape");
    Checks.positive(delta, "delta");
  }

  /**
   * Returns a loss that large errors count less in.
   *
   * @param delta the error at which it turns into a line, above 0; kohya's default is 0.1
   * @return the loss
   * @throws IllegalArgumentException if it is not above 0
   */
  public static TrainingLoss huber(double delta) {
    return new TrainingLoss(Shape.HUBER, delta);
  }

  /**
   * Returns a loss that large errors count less in, most so at much noise.
   *
   * @param delta the delta at the most noise, above 0; kohya's default is 0.1
   * @return the loss
   * @throws IllegalArgumentException if it is not above 0
   */
  public static TrainingLoss huberByNoise(double delta) {
    return new TrainingLoss(Shape.HUBER_BY_NOISE, delta);
  }
}
