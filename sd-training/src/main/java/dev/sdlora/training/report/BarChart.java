package dev.sdlora.training.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A bar chart of shares, grouped under titles. Not thread-safe. */
public final class BarChart {
  private static final int WIDTH = 960;
  private static final int RIGHT = 80;
  private static final int GAP = 10;
  private static final int BAR = 14;
  private static final int LINE = 18;
  private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  private static final Font HEAD = new Font(Font.SANS_SERIF, Font.BOLD, 15);

  /** Colours that colour-blind readers can distinguish (Okabe and Ito 2008). */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x00, 0x72, 0xb2),
          new Color(0xe6, 0x9f, 0x00),
          new Color(0x00, 0x9e, 0x73),
          new Color(0xcc, 0x79, 0xa7),
          new Color(0xd5, 0x5e, 0x00),
          new Color(0x56, 0xb4, 0xe9));

  private final String title;
  private final List<String> series;
  private final List<Row> rows = new ArrayList<>();

  private record Row(String group, String label, List<Double> shares) {}

  /**
   * Creates an empty chart.
   *
   * @param series the names of the bars in a row, in order; empty if each row has one bar
   */
  public BarChart(String title, List<String> series) {
    this.title = title;
    this.series = List.copyOf(series);
  }

  /**
   * Adds a row.
   *
   * @param group the title of its group
   * @param shares the lengths of its bars; 1 is the whole. A value that is not finite is drawn to
   *     the end of the axis
   */
  public void bars(String group, String label, List<Double> shares) {
    rows.add(new Row(group, label, List.copyOf(shares)));
  }

  /** Draws the chart. */
  public BufferedImage draw() {
    int height = 2 * GAP + LINE + (series.isEmpty() ? 0 : LINE);
    String group = "";
    for (Row row : rows) {
      height += row.group.equals(group) ? 0 : LINE + GAP;
      height += height(row);
      group = row.group;
    }
    BufferedImage image = new BufferedImage(WIDTH, height + LINE + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, WIDTH, image.getHeight());
    draw(graphics, height);
    graphics.dispose();
    return image;
  }

  private static int height(Row row) {
    return BAR * row.shares.size() + BAR / 2;
  }

  private void draw(Graphics2D graphics, int bottom) {
    graphics.setFont(TEXT);
    FontMetrics metrics = graphics.getFontMetrics();
    int left =
        rows.stream().mapToInt(row -> metrics.stringWidth(row.label)).max().orElse(0) + 2 * GAP;
    double top = Axis.end(Axis.largest(rows.stream().flatMap(row -> row.shares.stream())));
    int y = head(graphics, metrics) + GAP;
    grid(graphics, left, y, bottom, top);
    String group = "";
    for (Row row : rows) {
      if (!row.group.equals(group)) {
        group = row.group;
        y += LINE + GAP;
        graphics.setFont(HEAD);
        graphics.setColor(Color.BLACK);
        graphics.drawString(group, GAP, y - GAP);
        graphics.setFont(TEXT);
      }
      graphics.setColor(Color.DARK_GRAY);
      graphics.drawString(
          row.label, left - GAP - metrics.stringWidth(row.label), y + metrics.getAscent() - 2);
      for (int i = 0; i < row.shares.size(); i++) {
        bar(graphics, left, y + i * BAR, row.shares.get(i), top, colour(i));
      }
      y += height(row);
    }
  }

  /** Draws the title and the legend; returns the y position below them. */
  private int head(Graphics2D graphics, FontMetrics metrics) {
    graphics.setFont(HEAD);
    graphics.setColor(Color.BLACK);
    graphics.drawString(title, GAP, GAP + LINE - 4);
    graphics.setFont(TEXT);
    int x = GAP;
    for (int i = 0; i < series.size(); i++) {
      graphics.setColor(colour(i));
      graphics.fillRect(x, GAP + LINE + 3, BAR - 2, BAR - 2);
      graphics.setColor(Color.DARK_GRAY);
      graphics.drawString(series.get(i), x + BAR + 2, GAP + 2 * LINE - 4);
      x += BAR + 2 * GAP + metrics.stringWidth(series.get(i));
    }
    return GAP + LINE + (series.isEmpty() ? 0 : LINE);
  }

  private static void grid(Graphics2D graphics, int left, int above, int bottom, double top) {
    int lines = 5;
    for (int i = 0; i <= lines; i++) {
      int x = left + (WIDTH - RIGHT - left) * i / lines;
      graphics.setColor(Axis.GRID);
      graphics.drawLine(x, above, x, bottom);
      graphics.setColor(Color.DARK_GRAY);
      graphics.drawString(percent(top * i / lines), x - GAP, bottom + LINE - 2);
    }
  }

  private static void bar(
      Graphics2D graphics, int left, int y, double share, double top, Color colour) {
    double part = Double.isFinite(share) ? Math.min(1, share / top) : 1;
    int width = (int) Math.round((WIDTH - RIGHT - left) * part);
    graphics.setColor(colour);
    graphics.fillRect(left, y + 1, width, BAR - 3);
    graphics.setColor(Color.DARK_GRAY);
    graphics.drawString(percent(share), left + width + GAP / 2, y + BAR - 3);
  }

  private static Color colour(int index) {
    return COLOURS.get(index % COLOURS.size());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.3g %%", 100 * share);
  }
}
