package dev.sdlora.training.noise;

import dev.sdlora.training.option.TimestepSampling;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/** Draws noise levels. Stateless. */
public final class Timesteps {
  private Timesteps() {}

  /**
   * Draws a level from 0, a clean image, to 1, pure noise. The range of the sampling scales and
   * moves its distribution.
   *
   * @param resolutionShift the shift of {@link TimestepSampling.Shape#BY_RESOLUTION}; empty for
   *     models whose schedule does not depend on the resolution
   */
  public static double draw(
      TimestepSampling sampling, OptionalDouble resolutionShift, RandomGenerator random) {
    double position =
        switch (sampling.shape()) {
          case UNIFORM -> random.nextDouble();
          case LOGIT_NORMAL ->
              logistic(sampling.mean() + sampling.deviation() * random.nextGaussian());
          case SHIFTED -> shifted(random.nextDouble(), sampling.shift());
          case BY_RESOLUTION ->
              resolutionShift.isPresent()
                  ? shifted(logistic(random.nextGaussian()), resolutionShift.getAsDouble())
                  : random.nextDouble();
        };
    return sampling.least() + (sampling.most() - sampling.least()) * position;
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double shifted(double position, double shift) {
    return shift * position / (1 + (shift - 1) * position);
  }
}
