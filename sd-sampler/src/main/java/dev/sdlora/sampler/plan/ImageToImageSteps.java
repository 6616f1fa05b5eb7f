package dev.sdlora.sampler.plan;

/**
 * The number of steps for image to image, as A1111 counts them.
 *
 * @param total the number of steps of the full schedule, from noise
 * @param encoded the number of steps at its end for which noise is added to the image; samplers
 *     with a schedule make one step more, those on training times one less
 */
public record ImageToImageSteps(int total, int encoded) {
  /** Even at full strength a trace of the image remains. */
  private static final double MOST = 0.999;

  /**
   * Returns a number of steps proportional to the strength: 20 steps at 0.75 make 16.
   *
   * @param steps the requested number of steps, at least 1
   * @param strength the strength of the change, from 0 (hardly any) to 1 (nearly all)
   * @throws IllegalArgumentException if one is out of range
   */
  public static ImageToImageSteps share(int steps, double strength) {
    requireSteps(steps);
    if (!(strength >= 0 && strength <= 1)) {
      throw new IllegalArgumentException("strength must be from 0 to 1: " + strength);
    }
    return new ImageToImageSteps(steps, (int) (Math.min(strength, MOST) * steps));
  }

  /**
   * Returns exactly the requested number of steps, as the end of a longer schedule: 20 steps at
   * 0.75 are the last 20 of 26. A1111 does so in hires fix, and with its setting "do exactly the
   * amount of steps the slider specifies".
   *
   * @param steps the requested number of steps, at least 1
   * @param strength the strength of the change, above 0 and at most 1 (nearly all)
   * @throws IllegalArgumentException if one is out of range
   */
  public static ImageToImageSteps exactly(int steps, double strength) {
    requireSteps(steps);
    if (!(strength > 0 && strength <= 1)) {
      throw new IllegalArgumentException("strength must be above 0 and at most 1: " + strength);
    }
    return new ImageToImageSteps((int) (steps / Math.min(strength, MOST)), steps - 1);
  }

  private static void requireSteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1: " + steps);
    }
  }
}
