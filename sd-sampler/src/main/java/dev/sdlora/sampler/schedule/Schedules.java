package dev.sdlora.sampler.schedule;

import dev.sdlora.api.Schedule;
import java.util.stream.IntStream;

/** Chooses the noise levels that a number of steps passes through. */
public final class Schedules {
  private static final double KARRAS_RHO = 7;

  private Schedules() {}

  /**
   * The levels of a schedule: from the model's highest to its lowest, then 0.
   *
   * @param schedule any but {@link Schedule#AUTOMATIC}, which means another one with each sampler
   * @param steps the number of denoising steps, at least 1; a single one goes from the highest
   *     level straight to 0
   * @param levels the noise the model was trained on
   * @throws IllegalArgumentException if {@code steps < 1} or the schedule is automatic
   */
  public static Sigmas sigmas(Schedule schedule, int steps, NoiseLevels levels) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1: " + steps);
    }
    return switch (schedule) {
      case NORMAL -> normal(steps, levels);
      case KARRAS -> karras(steps, levels);
      case AUTOMATIC ->
          throw new IllegalArgumentException(
              "schedule must be resolved by Sampler.automaticSchedule(): " + schedule);
    };
  }

  /**
   * The levels of the DDIM sampler, which has its own: training times 1, 1 + stride, 1 + 2·stride …
   * from the last down to 1, where stride is the number of training steps divided by {@code steps}
   * and rounded down. They end at the level of time 1, not at 0.
   *
   * <p>Because of the rounding the number of steps made differs from that asked for, as in A1111:
   * with 1000 training steps, 20 makes 19, 30 makes 30 and 50 makes 49. Above 500, where the stride
   * is 1, it is 998.
   *
   * @param steps from 2 to the number of training steps
   * @param levels the noise the model was trained on
   * @throws IllegalArgumentException if {@code steps} is outside that range
   */
  public static Sigmas ddim(int steps, NoiseLevels levels) {
    int trainingSteps = levels.trainingSteps();
    if (steps < 2) {
      throw new IllegalArgumentException("DDIM needs at least 2 steps: " + steps);
    }
    if (steps > trainingSteps) {
      throw new IllegalArgumentException("DDIM has at most " + trainingSteps + " steps: " + steps);
    }
    int stride = trainingSteps / steps;
    int last = trainingSteps - 1;
    // A1111 clips the highest time to the last one. At stride 1 that visits the last time twice; a
    // step between equal levels changes nothing, so it is left out here.
    double[] sigmas =
        IntStream.iterate(last / stride, k -> k >= 0, k -> k - 1)
            .map(k -> Math.min(1 + k * stride, last))
            .distinct()
            .mapToDouble(levels::timeToSigma)
            .toArray();
    return Sigmas.of(sigmas);
  }

  /** Training times evenly spaced from the last to 0. */
  private static Sigmas normal(int steps, NoiseLevels levels) {
    double lastTime = levels.trainingSteps() - 1;
    double[] sigmas = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      sigmas[i] = levels.timeToSigma(lastTime * (1 - ramp(i, steps)));
    }
    return Sigmas.of(sigmas);
  }

  /** Karras et al. 2022, equation 5: evenly spaced in the seventh root of the level. */
  private static Sigmas karras(int steps, NoiseLevels levels) {
    double rootMax = Math.pow(levels.sigmaMax(), 1 / KARRAS_RHO);
    double rootMin = Math.pow(levels.sigmaMin(), 1 / KARRAS_RHO);
    double[] sigmas = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      sigmas[i] = Math.pow(rootMax + ramp(i, steps) * (rootMin - rootMax), KARRAS_RHO);
    }
    return Sigmas.of(sigmas);
  }

  /** The part of the way from the first to the last of {@code steps} levels, from 0 to 1. */
  private static double ramp(int i, int steps) {
    return steps == 1 ? 0 : (double) i / (steps - 1);
  }
}
