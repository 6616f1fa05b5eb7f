package dev.sdlora.training.step;

/**
 * A learning rate that rises linearly from 0 and then falls along half a cosine (Loshchilov and
 * Hutter 2017).
 *
 * @param peak the highest rate
 * @param warmup the number of steps of the rise, 0 for none
 * @param steps the total number of steps
 * @param last the rate at the end as a share of the highest; 1 keeps it constant
 */
public record LearningRate(double peak, int warmup, int steps, double last) {
  /** The rate of a step, counted from 0. */
  public double at(int step) {
    if (step < warmup) {
      return peak * (step + 1) / warmup;
    }
    double progress = Math.min(1, (double) (step - warmup) / Math.max(1, steps - warmup));
    return peak * (last + (1 - last) * (1 + Math.cos(Math.PI * progress)) / 2);
  }
}
