package dev.sdlora.server.job;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Estimates when jobs end: from their steps, or from the durations of earlier jobs. Guarded by the
 * queue.
 */
final class Forecast {
  /** The wait while no server draws, in seconds: about as long as a worker takes to start. */
  private static final double NO_WORKER = 60;

  /** The duration of a job if none has ended, in seconds. */
  private static final double UNKNOWN = 5;

  /** The running mean of the durations; empty before the first job has ended. */
  private OptionalDouble mean = OptionalDouble.empty();

  /** Counts a job that has ended. */
  void ended(double seconds) {
    mean = OptionalDouble.of(0.8 * mean.orElse(seconds) + 0.2 * seconds);
  }

  /** Sets the mean of jobs that ended before this process began, if it has seen no others. */
  void expect(double seconds) {
    if (mean.isEmpty()) {
      mean = OptionalDouble.of(seconds);
    }
  }

  /**
   * Estimates the seconds until a job ends, at least 1.
   *
   * @param place its position: 1 is next; 0 once it runs
   * @param running the running jobs of its lane
   * @param atOnce the number of jobs of its lane that run at once; 0 if nothing runs them
   */
  double secondsLeft(Job job, int place, List<Job> running, int atOnce) {
    if (atOnce == 0) {
      return NO_WORKER;
    }
    double duration = duration(running);
    if (place == 0) {
      return left(job, duration);
    }
    double untilAPlace =
        running.size() < atOnce
            ? 0
            : running.stream().mapToDouble(other -> left(other, duration)).min().orElse(0);
    return untilAPlace + (1 + (place - 1) / atOnce) * duration;
  }

  /** A job that runs for longer than others is expected to take as long again. */
  private static double left(Job job, double duration) {
    double known = job.snapshot().secondsLeft();
    double passed = job.seconds();
    double left = known > 0 ? known : passed < duration ? duration - passed : passed;
    return Math.max(1, left);
  }

  private double duration(List<Job> running) {
    return mean.orElseGet(
        () ->
            running.stream()
                .filter(job -> job.snapshot().secondsLeft() > 0)
                .mapToDouble(job -> job.seconds() + job.snapshot().secondsLeft())
                .min()
                .orElse(UNKNOWN));
  }
}
