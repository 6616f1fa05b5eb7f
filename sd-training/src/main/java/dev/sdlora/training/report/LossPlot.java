package dev.sdlora.training.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Locale;

/**
 * Plots losses as points with their running mean as a line. Not safe for use by several threads.
 */
public final class LossPlot {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 540;
  private static final int LEFT = 80;
  private static final int RIGHT = 30;
  private static final int TOP = 50;
  private static final int BOTTOM = 60;
  private static final int TICKS = 5;
  private static final Color POINTS = new Color(0x9d, 0xb8, 0xd9);
  private static final Color MEAN = new Color(0xc0, 0x39, 0x2b);

  /**
   * The share of the largest losses that may lie above the plot, because outliers would flatten the
   * rest.
   */
  private static final double OUTLIERS = 0.01;

  private final float[] losses;
  private final int window;
  private final double top;
  private final BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
  private final Graphics2D graphics = image.createGraphics();

  private LossPlot(float[] losses, int window) {
    this.losses = losses;
    this.window = window;
    this.top = axisEnd(losses);
  }

  /**
   * Plots losses.
   *
   * @param title the title above the plot
   * @param losses the losses of steps 1, 2 and so on; may be empty
   * @param window the number of steps in each mean, at least 1
   */
  public static BufferedImage draw(String title, float[] losses, int window) {
    LossPlot plot = new LossPlot(losses, window);
    plot.draw(title);
    return plot.image;
  }

  /** The end of the axis: 1, 2 or 5 times a power of ten, above nearly all losses. */
  public static double axisEnd(float[] losses) {
    float[] sorted = losses.clone();
    Arrays.sort(sorted);
    int last = sorted.length - 1 - (int) (sorted.length * OUTLIERS);
    return Axis.end(last < 0 ? 0 : sorted[last]);
  }

  /** The mean of each loss and its predecessors within the window. */
  public static double[] runningMeans(float[] losses, int window) {
    double[] means = new double[losses.length];
    double sum = 0;
    for (int i = 0; i < losses.length; i++) {
      sum += losses[i];
      if (i >= window) {
        sum -= losses[i - window];
      }
      means[i] = sum / Math.min(i + 1, window);
    }
    return means;
  }

  private void draw(String title) {
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, WIDTH, HEIGHT);
    axes();
    points();
    means();
    graphics.setColor(Color.BLACK);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
    graphics.drawString(title, LEFT, TOP - 20);
    graphics.dispose();
  }

  private void axes() {
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    for (int i = 0; i <= TICKS; i++) {
      double loss = top * i / TICKS;
      int y = (int) y(loss);
      graphics.setColor(Axis.GRID);
      graphics.drawLine(LEFT, y, WIDTH - RIGHT, y);
      graphics.setColor(Color.DARK_GRAY);
      right(String.format(Locale.ROOT, "%.3g", loss), LEFT - 10, y + 5);
      int step = (int) Math.round((double) losses.length * i / TICKS);
      right(Integer.toString(step), (int) x(step) + 12, HEIGHT - BOTTOM + 20);
    }
    graphics.drawLine(LEFT, TOP, LEFT, HEIGHT - BOTTOM);
    graphics.drawLine(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
    right("step", WIDTH - RIGHT, HEIGHT - 15);
    graphics.drawString(
        "loss (points) and its mean over " + window + " steps (line)", LEFT, HEIGHT - 15);
  }

  private void right(String text, int x, int y) {
    graphics.drawString(text, x - graphics.getFontMetrics().stringWidth(text), y);
  }

  private void points() {
    graphics.setColor(POINTS);
    for (int i = 0; i < losses.length; i++) {
      graphics.fill(new Ellipse2D.Double(x(i + 1.0) - 2, y(losses[i]) - 2, 4, 4));
    }
  }

  private void means() {
    double[] means = runningMeans(losses, window);
    Path2D line = new Path2D.Double();
    for (int i = 0; i < means.length; i++) {
      if (i == 0) {
        line.moveTo(x(1), y(means[0]));
      } else {
        line.lineTo(x(i + 1.0), y(means[i]));
      }
    }
    graphics.setColor(MEAN);
    graphics.setStroke(new BasicStroke(2));
    graphics.draw(line);
  }

  private double x(double step) {
    return LEFT + (WIDTH - LEFT - RIGHT) * step / Math.max(1, losses.length);
  }

  private double y(double loss) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * Math.min(1, loss / top);
  }
}
