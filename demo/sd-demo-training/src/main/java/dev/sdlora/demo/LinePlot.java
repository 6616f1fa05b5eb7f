package dev.sdlora.demo;

import dev.sdlora.pipeline.image.PngFiles;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A plot of fractions from 0 to 1 over numbers that double, as lines labelled at their ends. */
final class LinePlot {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 400;
  private static final int LEFT = 60;
  private static final int RIGHT = 190;
  private static final int TOP = 50;
  private static final int BOTTOM = 50;
  private static final Color GRID = new Color(0xe4, 0xe4, 0xe4);
  private static final List<Color> COLOURS =
      List.of(
          new Color(0xc0, 0x39, 0x2b), new Color(0x2c, 0x62, 0xa0), new Color(0x6b, 0x6b, 0x6b));

  private final List<Integer> places;
  private final BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
  private final Graphics2D graphics = image.createGraphics();
  private int lines;

  /**
   * Creates an empty plot.
   *
   * @param title the title above the plot
   * @param across the label of the horizontal axis
   * @param places the numbers, each twice the one before
   */
  LinePlot(String title, String across, List<Integer> places) {
    this.places = List.copyOf(places);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, WIDTH, HEIGHT);
    graphics.setColor(Color.BLACK);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    graphics.drawString(title, LEFT, TOP - 22);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    for (int tenth = 0; tenth <= 10; tenth += 2) {
      int y = (int) y(tenth / 10.0);
      graphics.setColor(GRID);
      graphics.drawLine(LEFT, y, WIDTH - RIGHT, y);
      graphics.setColor(Color.DARK_GRAY);
      graphics.drawString(String.format(Locale.ROOT, "%d %%", 10 * tenth), 12, y + 5);
    }
    for (int i = 0; i < places.size(); i++) {
      graphics.drawString(Integer.toString(places.get(i)), (int) x(i) - 6, HEIGHT - BOTTOM + 20);
    }
    graphics.drawString(across, LEFT, HEIGHT - 10);
  }

  /** Adds a line. */
  void line(String name, List<Double> shares) {
    graphics.setColor(COLOURS.get(lines++ % COLOURS.size()));
    graphics.setStroke(new BasicStroke(2));
    Path2D line = new Path2D.Double();
    for (int i = 0; i < shares.size(); i++) {
      double x = x(i);
      double y = y(shares.get(i));
      graphics.fill(new Ellipse2D.Double(x - 4, y - 4, 8, 8));
      if (i == 0) {
        line.moveTo(x, y);
      } else {
        line.lineTo(x, y);
      }
    }
    graphics.draw(line);
    graphics.drawString(name, WIDTH - RIGHT + 10, (int) y(shares.get(shares.size() - 1)) + 5);
  }

  /** Writes the plot as a PNG file. */
  void write(Path png) {
    graphics.dispose();
    PngFiles.save(image, png);
  }

  private double x(int place) {
    return LEFT + 15 + (double) (WIDTH - LEFT - RIGHT - 30) * place / (places.size() - 1);
  }

  private static double y(double share) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
  }
}
