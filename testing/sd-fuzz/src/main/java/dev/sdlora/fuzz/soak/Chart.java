package dev.sdlora.fuzz.soak;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Plots the measurements over time, with a panel for each quantity that starts at 0. */
final class Chart {
  private static final int WIDTH = 960;
  private static final int PANEL = 160;
  private static final int LEFT = 90;
  private static final int RIGHT = 30;
  private static final int MARGIN = 30;
  private static final Color LINE = new Color(0xc0, 0x39, 0x2b);
  private static final Color GRID = new Color(0xe4, 0xe4, 0xe4);

  private record Panel(String title, ToDoubleFunction<Sample> value) {}

  private static final double MEGABYTE = 1048576;

  private static final List<Panel> PANELS =
      List.of(
          new Panel("resident memory, MB", sample -> sample.residentBytes() / MEGABYTE),
          new Panel("heap after a collection, MB", sample -> sample.heapBytes() / MEGABYTE),
          new Panel("native arrays", Sample::arrays),
          new Panel("file handles", Sample::handles),
          new Panel("threads", Sample::threads));

  private Chart() {}

  /** Plots samples, at least one. */
  static BufferedImage draw(List<Sample> samples) {
    BufferedImage image =
        new BufferedImage(WIDTH, PANEL * PANELS.size() + MARGIN, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, WIDTH, image.getHeight());
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    double seconds = Math.max(1, samples.get(samples.size() - 1).seconds());
    for (int i = 0; i < PANELS.size(); i++) {
      draw(graphics, PANELS.get(i), samples, seconds, PANEL * i);
    }
    graphics.setColor(Color.DARK_GRAY);
    graphics.drawString(
        String.format(Locale.ROOT, "minutes, 0 to %.0f", seconds / 60),
        LEFT,
        image.getHeight() - 10);
    graphics.dispose();
    return image;
  }

  private static void draw(
      Graphics2D graphics, Panel panel, List<Sample> samples, double seconds, int above) {
    double largest = samples.stream().mapToDouble(panel.value).max().orElseThrow();
    double top = Math.max(1, largest * 1.1);
    int bottom = above + PANEL;
    int height = PANEL - MARGIN;
    graphics.setStroke(new BasicStroke(1));
    graphics.setColor(GRID);
    graphics.drawRect(LEFT, bottom - height, WIDTH - LEFT - RIGHT, height);
    graphics.setColor(Color.DARK_GRAY);
    graphics.drawString(panel.title, LEFT, bottom - height - 6);
    graphics.drawString(String.format(Locale.ROOT, "%.0f", top), 20, bottom - height + 10);
    graphics.drawString("0", 20, bottom);
    Path2D line = new Path2D.Double();
    for (Sample sample : samples) {
      double x = LEFT + (WIDTH - LEFT - RIGHT) * sample.seconds() / seconds;
      double y = bottom - height * panel.value.applyAsDouble(sample) / top;
      if (line.getCurrentPoint() == null) {
        line.moveTo(x, y);
      } else {
        line.lineTo(x, y);
      }
    }
    graphics.setColor(LINE);
    graphics.setStroke(new BasicStroke(2));
    graphics.draw(line);
  }
}
