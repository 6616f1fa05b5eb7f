package dev.sdlora.training.option;

import dev.sdlora.api.value.Checks;
import java.util.Objects;

/**
 * The course of the learning rate after the warm-up.
 *
 * @param shape the shape of the change
 * @param cycles the number of times that {@link Shape#COSINE} starts over, at least 1
 */
public record LearningRateSchedule(Shape shape, int cycles) {
  /** The learning rate stays the same. */
  public static final LearningRateSchedule CONSTANT = new LearningRateSchedule(Shape.CONSTANT, 1);

  /** The learning rate falls to 0 along a line. */
  public static final LearningRateSchedule LINEAR = new LearningRateSchedule(Shape.LINEAR, 1);

  /** The learning rate falls to 0 along half a cosine (Loshchilov and Hutter 2017). */
  public static final LearningRateSchedule COSINE = new LearningRateSchedule(Shape.COSINE, 1);

  /** The shape of a schedule. */
  public enum Shape {
    /** Always the same. */
    CONSTANT,
    /** Along a line to 0. */
    LINEAR,
    /** Along half a cosine to 0. */
    COSINE
  }

  /** Checks the number of cycles. */
  public LearningRateSchedule {
    Objects.requireNonNull(shape, "shape");
    Checks.atLeast(1, cycles, "cycles");
    Checks.require(
        cycles == 1 || shape == Shape.COSINE, "cycles", "be 1 unless the shape is COSINE", cycles);
  }

  /**
   * Returns a schedule that falls to 0 along half a cosine several times.
   *
   * @param cycles the number of times, at least 1
   * @return the schedule
   * @throws IllegalArgumentException if it is below 1
   */
  public static LearningRateSchedule cosineWithRestarts(int cycles) {
    return new LearningRateSchedule(Shape.COSINE, cycles);
  }
}
