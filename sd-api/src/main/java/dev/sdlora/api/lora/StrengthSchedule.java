package dev.sdlora.api.lora;

import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A strength that changes during sampling. It is interpolated linearly between two points and
 * constant before the first and after the last one; where two points share a place, it jumps.
 * Immutable.
 *
 * <p>Places are fractions of the steps, as in the {@code weight@place} lists of the loractl
 * extension for A1111, or noise levels: {@code 1@sigma5,0@sigma1}. A noise level is the sigma of
 * samplers and listeners, the standard deviation of the noise in a latent of unit variance; it
 * falls from about 15 (SD 1.x, SDXL) to 0.03. Interpolation is linear in its logarithm, and thus in
 * the log-SNR, which is {@code -2 ln(sigma)}. The strength at a noise level does not depend on the
 * sampler, the schedule and the number of steps. Samplers of second order call the model between
 * the levels of their steps; each call then has the strength of its own level, whereas places by
 * step have one strength for both calls.
 *
 * @param points at least one point, in the order in which they are reached; all by step or all by
 *     noise level
 */
public record StrengthSchedule(List<Point> points) {

  private static final String SIGMA = "sigma";

  /**
   * A strength at a place.
   *
   * @param bySigma whether the place is a noise level instead of a fraction of the steps
   * @param at the place: 0 (the first step) to 1 (the last step), or a noise level above 0
   * @param strength the strength at this place
   */
  public record Point(boolean bySigma, double at, double strength) {
    /**
     * Checks the numbers.
     *
     * @param bySigma whether the place is a noise level
     * @param at 0 to 1 for steps; any finite number above 0 for noise levels
     * @param strength any finite number
     * @throws IllegalArgumentException if the place is out of range, or the strength is NaN or
     *     infinite
     */
    public Point {
      if (!bySigma && !(at >= 0 && at <= 1)) {
        throw new IllegalArgumentException(
            "the place of a strength must be from 0, the first step, to 1, the last: " + at);
      }
      if (bySigma && !(at > 0 && at < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "the noise level of a strength must be above 0 and finite: " + at);
      }
      Checks.finite(strength, "strength");
    }

    /**
     * Creates a point at a fraction of the steps.
     *
     * @param at 0 (the first step) to 1 (the last step)
     * @param strength any finite number
     * @throws IllegalArgumentException if the place is out of range, or the strength is NaN or
     *     infinite
     */
    public Point(double at, double strength) {
      this(false, at, strength);
    }

    /**
     * Returns a point at a noise level.
     *
     * @param sigma the noise level, above 0
     * @param strength any finite number
     * @return the point
     * @throws IllegalArgumentException if the level is not above 0, or one is NaN or infinite
     */
    public static Point atSigma(double sigma, double strength) {
      return new Point(true, sigma, strength);
    }

    private static Point parse(String place, String strength) {
      boolean bySigma = place.startsWith(SIGMA);
      return new Point(
          bySigma,
          Decimals.parse(bySigma ? place.substring(SIGMA.length()) : place),
          Decimals.parse(strength));
    }

    /** A number that grows from noise to image. */
    private double way() {
      return bySigma ? -Math.log(at) : at;
    }

    @Override
    public String toString() {
      return Decimals.text(strength) + "@" + (bySigma ? SIGMA : "") + Decimals.text(at);
    }
  }

  /**
   * Copies and checks the points.
   *
   * @param points at least one; places must not go backwards, so noise levels must not rise
   * @throws IllegalArgumentException if there is no point, places go backwards, or steps and noise
   *     levels are mixed
   */
  public StrengthSchedule {
    Objects.requireNonNull(points, "points");
    points = List.copyOf(points);
    Checks.atLeast(1, points.size(), "number of points");
    for (int i = 1; i < points.size(); i++) {
      Point before = points.get(i - 1);
      Point point = points.get(i);
      if (point.bySigma() != before.bySigma()) {
        throw new IllegalArgumentException(
            "places of a strength schedule must all be steps or all noise levels: %s, %s"
                .formatted(before, point));
      }
      if (point.way() < before.way()) {
        throw new IllegalArgumentException(
            (point.bySigma()
                    ? "noise levels of a strength schedule must not rise: %s, %s"
                    : "places of a strength schedule must not go backwards: %s, %s")
                .formatted(before.at(), point.at()));
      }
    }
  }

  /**
   * Returns a schedule with a constant strength.
   *
   * @param strength the strength in all steps
   * @return the schedule
   * @throws IllegalArgumentException if it is NaN or infinite
   */
  public static StrengthSchedule constant(double strength) {
    return new StrengthSchedule(List.of(new Point(0, strength)));
  }

  /**
   * Returns a schedule with some points.
   *
   * @param points at least one point, in the order of their places
   * @return the schedule
   * @throws IllegalArgumentException if there is no point, or places go backwards
   */
  public static StrengthSchedule of(Point... points) {
    Objects.requireNonNull(points, "points");
    return new StrengthSchedule(List.of(points));
  }

  /**
   * Parses the notation of tags.
   *
   * @param text a number, or {@code strength@place} pairs separated by commas or semicolons, such
   *     as {@code 1@0,0.5@0.5,0@0.8}; noise levels have the prefix {@code sigma}, as in {@code
   *     1@sigma5,0@sigma0.8}
   * @return the schedule
   * @throws IllegalArgumentException if the text is invalid
   */
  public static StrengthSchedule parse(String text) {
    Objects.requireNonNull(text, "text");
    if (text.indexOf('@') < 0) {
      return constant(Decimals.parse(text));
    }
    List<Point> points = new ArrayList<>();
    for (String pair : text.split("[,;]", -1)) {
      String[] parts = pair.split("@", -1);
      if (parts.length != 2) {
        throw new IllegalArgumentException(
            "'" + pair + "' is not a strength and its place such as 0.5@0.8");
      }
      points.add(Point.parse(parts[1], parts[0]));
    }
    return new StrengthSchedule(points);
  }

  /**
   * Parses {@code place:strength} pairs separated by commas.
   *
   * @param text a list such as {@code 0:1,0.5:0.2,1:0} or {@code sigma5:1,sigma0.8:0}
   * @return the schedule
   * @throws IllegalArgumentException if the text is invalid
   */
  public static StrengthSchedule parseCurve(String text) {
    Objects.requireNonNull(text, "text");
    List<Point> points = new ArrayList<>();
    for (String pair : text.split(",", -1)) {
      String[] parts = pair.split(":", -1);
      if (parts.length != 2) {
        throw new IllegalArgumentException(
            "'" + pair + "' is not a place and its strength such as 0.8:0.5");
      }
      points.add(Point.parse(parts[0].strip(), parts[1].strip()));
    }
    return new StrengthSchedule(points);
  }

  /** {@return whether the places are noise levels instead of fractions of the steps} */
  public boolean bySigma() {
    return points.get(0).bySigma();
  }

  /**
   * Returns the strength for a model call. The first step is at place 0 and the last one at place
   * 1; a single step is at 0.
   *
   * @param step the index of the step, from 0
   * @param steps the number of steps
   * @param sigma the noise level of the call, at least 0
   * @return the strength, interpolated between the points around the call
   */
  public double at(int step, int steps, double sigma) {
    if (bySigma()) {
      return along(-Math.log(sigma));
    }
    return along(steps > 1 ? (double) step / (steps - 1) : 0);
  }

  private double along(double way) {
    int next = 0;
    while (next < points.size() && points.get(next).way() <= way) {
      next++;
    }
    if (next == 0) {
      return first();
    }
    Point from = points.get(next - 1);
    if (next == points.size()) {
      return from.strength();
    }
    Point to = points.get(next);
    double share = (way - from.way()) / (to.way() - from.way());
    return from.strength() + share * (to.strength() - from.strength());
  }

  /** {@return the strength in the first step, and above the first noise level} */
  public double first() {
    return points.get(lastAtZero()).strength();
  }

  private int lastAtZero() {
    int last = 0;
    while (last + 1 < points.size() && !bySigma() && points.get(last + 1).at() == 0) {
      last++;
    }
    return last;
  }

  /** {@return the strength of the point that is farthest from 0, which no step exceeds} */
  public double peak() {
    double peak = 0;
    for (Point point : points) {
      if (Math.abs(point.strength()) > Math.abs(peak)) {
        peak = point.strength();
      }
    }
    return peak;
  }

  /** {@return whether the strength is the same in all steps} */
  public boolean isConstant() {
    return points.stream().allMatch(point -> point.strength() == points.get(0).strength());
  }

  /**
   * Returns the notation that {@link #parse} reads: a number if the strength is constant, otherwise
   * pairs.
   */
  @Override
  public String toString() {
    return isConstant()
        ? Decimals.text(first())
        : points.stream().map(Point::toString).collect(Collectors.joining(","));
  }
}
