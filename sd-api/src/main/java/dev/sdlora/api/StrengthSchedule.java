package dev.sdlora.api;

import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A strength that changes on the way from noise to picture. Between two points it runs in a
 * straight line, before the first and after the last it stays; where two points share a place, it
 * jumps. This is what the {@code weight@place} lists of the loractl extension mean to A1111.
 * Immutable.
 *
 * @param points in the order of their places, at least one
 */
public record StrengthSchedule(List<Point> points) {

  /**
   * A strength at a place.
   *
   * @param at the place, from 0 (the first step) to 1 (the last step)
   * @param strength what it is there
   */
  public record Point(double at, double strength) {
    /**
     * Checks the numbers.
     *
     * @param at from 0 to 1
     * @param strength any number but NaN and the infinities
     * @throws IllegalArgumentException if the place is out of range, or the strength is NaN or
     *     infinite
     */
    public Point {
      if (!(at >= 0 && at <= 1)) {
        throw new IllegalArgumentException(
            "the place of a strength must be from 0, the first step, to 1, the last: " + at);
      }
      Checks.finite(strength, "strength");
    }
  }

  /**
   * Copies and checks the points.
   *
   * @param points at least one; places may be equal but not go backwards
   * @throws IllegalArgumentException if there is none, or their places go backwards
   */
  public StrengthSchedule {
    Objects.requireNonNull(points, "points");
    points = List.copyOf(points);
    Checks.atLeast(1, points.size(), "number of points");
    for (int i = 1; i < points.size(); i++) {
      if (points.get(i).at() < points.get(i - 1).at()) {
        throw new IllegalArgumentException(
            "places of a strength schedule must not go backwards: "
                + points.get(i - 1).at()
                + ", "
                + points.get(i).at());
      }
    }
  }

  /**
   * Makes a schedule of one strength.
   *
   * @param strength in all steps
   * @return the schedule
   * @throws IllegalArgumentException if it is NaN or infinite
   */
  public static StrengthSchedule constant(double strength) {
    return new StrengthSchedule(List.of(new Point(0, strength)));
  }

  /**
   * Makes a schedule of some points.
   *
   * @param points in the order of their places, at least one
   * @return the schedule
   * @throws IllegalArgumentException if there is none, or their places go backwards
   */
  public static StrengthSchedule of(Point... points) {
    Objects.requireNonNull(points, "points");
    return new StrengthSchedule(List.of(points));
  }

  /**
   * Reads what tags write.
   *
   * @param text one number, or {@code strength@place} pairs with commas or semicolons between them,
   *     such as {@code 1@0,0.5@0.5,0@0.8}
   * @return the schedule
   * @throws IllegalArgumentException if it is something else
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
      points.add(new Point(Decimals.parse(parts[1]), Decimals.parse(parts[0])));
    }
    return new StrengthSchedule(points);
  }

  /**
   * Gives the strength in a step. The first of several steps is at place 0, the last at 1, a single
   * one at 0.
   *
   * @param step its number, from 0
   * @param steps how many there are
   * @return the strength, between those of the points around the step
   */
  public double at(int step, int steps) {
    double place = steps > 1 ? (double) step / (steps - 1) : 0;
    int next = 0;
    while (next < points.size() && points.get(next).at() <= place) {
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
    double share = (place - from.at()) / (to.at() - from.at());
    return from.strength() + share * (to.strength() - from.strength());
  }

  /** {@return the strength in the first step} */
  public double first() {
    return points.get(lastAtZero()).strength();
  }

  private int lastAtZero() {
    int last = 0;
    while (last + 1 < points.size() && points.get(last + 1).at() == 0) {
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

  /** {@return whether it is the same at all steps} */
  public boolean isConstant() {
    return points.stream().allMatch(point -> point.strength() == points.get(0).strength());
  }

  /** What {@link #parse} reads: a number if it is constant, else pairs. */
  @Override
  public String toString() {
    return isConstant()
        ? Decimals.text(first())
        : points.stream()
            .map(point -> Decimals.text(point.strength()) + "@" + Decimals.text(point.at()))
            .collect(Collectors.joining(","));
  }
}
