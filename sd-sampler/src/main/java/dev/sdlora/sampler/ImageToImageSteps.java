package dev.sdlora.sampler;

/**
 * How much of the way an image that is given has to go, as A1111 counts it.
 *
 * @param total the steps of the whole way from noise
 * @param encoded how many of them from the end the image is taken back by; one more is made by
 *     samplers with a schedule, one less by those on training times
 */
public record ImageToImageSteps(int total, int encoded) {
  /** At full strength too a trace of the image is left. */
  private static final double MOST = 0.999;

  /**
   * The share of the steps that the strength is: 20 steps at 0.75 make 16.
   *
   * @param steps the number asked for, at least 1
   * @param strength of the change, from 0 (hardly any) to 1 (nearly all)
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
   * As many steps as asked for, on a way that is longer by as much: 20 steps at 0.75 are the last
   * 20 of 26. A1111 does so in hires fix, and with its setting "do exactly the amount of steps the
   * slider specifies".
   *
   * @param steps the number asked for, at least 1
   * @param strength of the change, above 0 and up to 1 (nearly all)
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
