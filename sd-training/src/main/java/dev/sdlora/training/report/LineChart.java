package dev.sdlora.training.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A chart of values over steps, as an SVG element. Not safe for use by several threads. */
public final class LineChart {
  private static final double WIDTH = 960;
  private static final double HEIGHT = 360;
  private static final double LEFT = 70;
  private static final double RIGHT = 20;
  private static final double TOP = 20;
  private static final double BOTTOM = 40;
  private static final int TICKS = 5;

  private final String label;
  private final double steps;
  private final double bottom;
  private final double top;
  private final StringBuilder drawn = new StringBuilder();

  /**
   * Creates an empty chart.
   *
   * @param label a description for those who cannot see it
   * @param steps the last step
   * @param bottom the smallest value that is shown
   * @param top the largest value that is shown, above the smallest; others lie at the edges
   */
  public LineChart(String label, int steps, double bottom, double top) {
    this.label = label;
    this.steps = Math.max(1, steps);
    this.bottom = bottom;
    this.top = top > bottom ? top : bottom + 1;
    for (int i = 0; i <= TICKS; i++) {
      double value = this.bottom + (this.top - this.bottom) * i / TICKS;
      double y = y(value);
      drawn.append(
          "<line class=\"grid\" x1=\"%s\" x2=\"%s\" y1=\"%s\" y2=\"%s\"/>"
              .formatted(text(LEFT), text(WIDTH - RIGHT), text(y), text(y)));
      label(LEFT - 8, y + 4, "end", String.format(Locale.ROOT, "%.3g", value));
      double step = this.steps * i / TICKS;
      label(x(step), HEIGHT - BOTTOM + 18, "middle", Long.toString(Math.round(step)));
    }
    label(WIDTH - RIGHT, HEIGHT - 6, "end", "step");
  }

  private void label(double x, double y, String anchor, String words) {
    drawn.append(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>"
            .formatted(text(x), text(y), anchor, HtmlPage.escape(words)));
  }

  /** Adds points. */
  public LineChart points(double[] xs, double[] ys) {
    for (int i = 0; i < xs.length; i++) {
      circle("point", xs[i], ys[i], 2);
    }
    return this;
  }

  /** Adds a large point. */
  public LineChart mark(double step, double value) {
    circle("mark", step, value, 5);
    return this;
  }

  private void circle(String type, double step, double value, int radius) {
    if (Double.isFinite(value)) {
      drawn.append(
          "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>"
              .formatted(type, text(x(step)), text(y(value)), radius));
    }
  }

  /**
   * Adds a line.
   *
   * @param first whether it has the first of two colours
   */
  public LineChart line(double[] xs, double[] ys, boolean first) {
    List<String> places = new ArrayList<>();
    for (int i = 0; i < xs.length; i++) {
      if (Double.isFinite(ys[i])) {
        places.add(text(x(xs[i])) + "," + text(y(ys[i])));
      }
    }
    drawn.append(
        "<polyline class=\"line %s\" points=\"%s\"/>"
            .formatted(first ? "first" : "second", String.join(" ", places)));
    return this;
  }

  String svg() {
    return "<svg viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\">%s</svg>\n"
        .formatted(text(WIDTH), text(HEIGHT), HtmlPage.escape(label), drawn);
  }

  private double x(double step) {
    return LEFT + (WIDTH - LEFT - RIGHT) * step / steps;
  }

  private double y(double value) {
    double share = Math.max(0, Math.min(1, (value - bottom) / (top - bottom)));
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
  }

  /** A number with one decimal, which is a tenth of a pixel. */
  static String text(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }
}
