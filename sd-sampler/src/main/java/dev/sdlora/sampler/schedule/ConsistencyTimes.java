package dev.sdlora.sampler.schedule;

/**
 * The training times on which consistency models are distilled: every twentieth of a thousand,
 * fifty in all, from 19 to 999 (Luo et al. 2023, section 4.3).
 */
public final class ConsistencyTimes {
  private static final int COUNT = 50;

  private final NoiseLevels levels;
  private final int stride;

  /**
   * Creates the times of a model.
   *
   * @param levels the noise that the model was trained on, at least 50 steps
   */
  public ConsistencyTimes(NoiseLevels levels) {
    this.levels = levels;
    this.stride = levels.trainingSteps() / COUNT;
  }

  /** Returns the time whose level is nearest on a logarithmic scale. */
  public int nearest(double sigma) {
    int nearest = time(0);
    for (int k = 1; k < COUNT; k++) {
      if (distance(sigma, time(k)) < distance(sigma, nearest)) {
        nearest = time(k);
      }
    }
    return nearest;
  }

  /** Returns the level of a training time. */
  public double sigma(int time) {
    return levels.timeToSigma(time);
  }

  /**
   * Returns the levels for {@link dev.sdlora.api.sampling.Sampler#LCM} as in A1111: equally spaced
   * from the highest time to the lowest, interpolated on a logarithmic scale between two times,
   * then 0.
   *
   * @param steps at least 1
   * @throws IllegalArgumentException if {@code steps} is below 1
   */
  public Sigmas spread(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1: " + steps);
    }
    double[] sigmas = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      double place = (COUNT - 1) * (1 - Schedules.ramp(i, steps));
      int low = (int) place;
      double fraction = place - low;
      sigmas[i] =
          fraction == 0
              ? sigma(time(low)) // exact, and there is no next time after the last
              : Math.pow(sigma(time(low)), 1 - fraction) * Math.pow(sigma(time(low + 1)), fraction);
    }
    return Sigmas.of(sigmas);
  }

  /**
   * Returns the levels for TCD and LCM as in diffusers: times selected at equal distances from the
   * highest, then an end level.
   *
   * @param steps from 1 to 50
   * @param end the level after the last time, below that of time 19: that of time 0 for TCD, 0 for
   *     LCM
   * @throws IllegalArgumentException if {@code steps} is outside that range
   */
  public Sigmas picked(int steps, double end) {
    if (steps < 1 || steps > COUNT) {
      throw new IllegalArgumentException(
          "steps of a consistency sampler must be from 1 to " + COUNT + ": " + steps);
    }
    double[] sigmas = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      sigmas[i] = sigma(time(COUNT - 1 - COUNT * i / steps));
    }
    sigmas[steps] = end;
    return Sigmas.of(sigmas);
  }

  private int time(int k) {
    return (k + 1) * stride - 1;
  }

  private double distance(double sigma, int time) {
    return Math.abs(Math.log(sigma / sigma(time)));
  }
}
