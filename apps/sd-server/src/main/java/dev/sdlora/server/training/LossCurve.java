package dev.sdlora.server.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.sdlora.request.json.Fields;
import dev.sdlora.training.TrainingProgress;
import java.util.ArrayList;
import java.util.List;

/**
 * The loss curve of a training, thinned for plotting: neighbours are averaged whenever there are
 * too many points. Not safe for use by several threads.
 */
final class LossCurve {
  /** Limit of points, more than a plot can show. */
  private static final int MOST = 300;

  private final List<Point> points = new ArrayList<>();

  /** Steps per full point. */
  private int span = 1;

  /**
   * The mean of consecutive steps.
   *
   * @param step the last step
   * @param steps the number of steps
   * @param loss the mean loss, which varies much between points
   * @param mean the mean loss of the last 100 steps, the smooth line
   */
  private record Point(int step, int steps, double loss, double mean) {
    Point with(Point next) {
      int both = steps + next.steps;
      return new Point(next.step, both, (loss * steps + next.loss * next.steps) / both, next.mean);
    }
  }

  /** Returns a copy. */
  LossCurve copy() {
    LossCurve copy = new LossCurve();
    copy.points.addAll(points);
    copy.span = span;
    return copy;
  }

  void add(TrainingProgress progress) {
    Point point = new Point(progress.step(), 1, progress.loss(), progress.meanLoss());
    Point last = points.isEmpty() ? null : points.get(points.size() - 1);
    if (last != null && last.steps < span) {
      points.set(points.size() - 1, last.with(point));
      return;
    }
    if (points.size() == MOST) {
      halve();
    }
    points.add(point);
  }

  private void halve() {
    List<Point> all = List.copyOf(points);
    points.clear();
    for (int i = 0; i < MOST; i += 2) {
      points.add(all.get(i).with(all.get(i + 1)));
    }
    span *= 2;
  }

  /** Returns points as {@code [step, loss, smoothed loss]}. */
  ArrayNode json() {
    ArrayNode json = Fields.array();
    for (Point point : points) {
      json.addArray().add(point.step).add(rounded(point.loss)).add(rounded(point.mean));
    }
    return json;
  }

  private static double rounded(double loss) {
    return Math.round(loss * 1e5) / 1e5;
  }
}
