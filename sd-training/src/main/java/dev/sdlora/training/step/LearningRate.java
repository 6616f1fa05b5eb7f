package dev.sdlora.training.step;

import dev.sdlora.training.option.LearningRateSchedule;

/**
 * A learning rate that rises linearly from 0 and then follows a schedule.
 *
 * @param peak the highest rate
 * @param warmup the number of steps of the rise, 0 for none
 * @param steps the total number of steps
 * @param schedule how it changes after the rise
 * @param last the rate that a falling schedule ends at, as a share of the highest
 */
public record LearningRate(
    double peak, int warmup, int steps, LearningRateSchedule schedule, double last) {

  /** Creates a rate that falls along half a cosine. */
  public LearningRate(double peak, int warmup, int steps, double last) {
    this(peak, warmup, steps, LearningRateSchedule.COSINE, last);
  }

  /** The rate of a step, counted from 0. */
  public double at(int step) {
    if (step < warmup) {
      return peak * (step + 1) / warmup;
    }
    double progress = Math.min(1, (double) (step - warmup) / Math.max(1, steps - warmup));
    return peak * (last + (1 - last) * share(progress));
  }

  /** The share of the fall that is still to come. */
  private double share(double progress) {
    return switch (schedule.shape()) {
      case CONSTANT -> 1;
      case LINEAR -> 1 - progress;
      case COSINE -> {
        double cycles = progress * schedule.cycles();
        yield progress == 1 ? 0 : (1 + Math.cos(Math.PI * (cycles % 1))) / 2;
      }
    };
  }
}
