package dev.sdlora.api.grid;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Draws images in labelled rows and columns. Not thread-safe. */
final class Sheet {
  private static final int GAP = 6;
  private static final int LEAST_FONT = 13;

  /**
   * Font size as a fraction of an image's side, so that the labels of large grids stay readable.
   */
  private static final int FONT_SHARE = 24;

  private final String corner;
  private final List<String> columns;
  private final List<Row> rows = new ArrayList<>();

  private record Row(String label, List<BufferedImage> images) {}

  /**
   * Creates an empty sheet. All labels may have several lines.
   *
   * @param corner the label above the row labels; may be empty
   * @param columns the labels of the columns; empty for no column labels
   */
  Sheet(String corner, List<String> columns) {
    Objects.requireNonNull(columns, "columns");
    this.corner = Objects.requireNonNull(corner, "corner");
    this.columns = List.copyOf(columns);
  }

  /**
   * Adds a row at the bottom.
   *
   * @param label the label of the row; may be empty
   * @param images the images from left to right, of any sizes; if the columns have labels, one
   *     image per column
   */
  void row(String label, List<BufferedImage> images) {
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(images, "images");
    rows.add(new Row(label, List.copyOf(images)));
  }

  /**
   * Draws the sheet.
   *
   * @return an image in which every cell has the size of the largest image
   */
  BufferedImage draw() {
    int width = 1;
    int height = 1;
    for (Row row : rows) {
      for (BufferedImage image : row.images) {
        width = Math.max(width, image.getWidth());
        height = Math.max(height, image.getHeight());
      }
    }
    Font font =
        new Font(
            Font.SANS_SERIF,
            Font.PLAIN,
            Math.max(LEAST_FONT, Math.max(width, height) / FONT_SHARE));
    Layout layout = new Layout(width, height, font);
    BufferedImage sheet =
        new BufferedImage(layout.width(), layout.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = graphics(sheet, font);
    layout.draw(graphics);
    graphics.dispose();
    return sheet;
  }

  private static Graphics2D graphics(BufferedImage image, Font font) {
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.setColor(Color.BLACK);
    graphics.setFont(font);
    return graphics;
  }

  /** The positions of all parts, for cells of one size. */
  private final class Layout {
    private final int columnWidth;
    private final int cellHeight;
    private final FontMetrics metrics;
    private final List<List<String>> heads;
    private final List<List<String>> sides;
    private final List<String> cornerLines;
    private final int left;
    private final int top;

    Layout(int cellWidth, int cellHeight, Font font) {
      this.cellHeight = cellHeight;
      this.metrics =
          graphics(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB), font).getFontMetrics();
      this.heads = columns.stream().map(label -> wrap(label, cellWidth)).toList();
      // A single word may be wider than an image.
      this.columnWidth = Math.max(cellWidth, widest(heads));
      int most = Math.max(cellWidth, 12 * metrics.getHeight());
      this.sides = rows.stream().map(row -> wrap(row.label, most)).toList();
      this.cornerLines = wrap(corner, most);
      int widest = Math.max(widest(List.of(cornerLines)), widest(sides));
      this.left = widest == 0 ? GAP : widest + 2 * GAP;
      int lines = Math.max(most(heads), most(List.of(cornerLines)));
      this.top = lines == 0 ? GAP : lines * metrics.getHeight() + 2 * GAP;
    }

    int width() {
      int most = rows.stream().mapToInt(row -> row.images.size()).max().orElse(0);
      return left + Math.max(most, columns.size()) * (columnWidth + GAP);
    }

    int height() {
      return top + rows.size() * (cellHeight + GAP);
    }

    private int columnLeft(int column) {
      return left + column * (columnWidth + GAP);
    }

    void draw(Graphics2D graphics) {
      text(graphics, cornerLines, GAP, GAP);
      for (int column = 0; column < heads.size(); column++) {
        List<String> lines = heads.get(column);
        int x = columnLeft(column) + (columnWidth - widest(List.of(lines))) / 2;
        text(graphics, lines, x, top - GAP - lines.size() * metrics.getHeight());
      }
      for (int row = 0; row < rows.size(); row++) {
        int y = top + row * (cellHeight + GAP);
        List<String> lines = sides.get(row);
        text(
            graphics,
            lines,
            GAP,
            y + Math.max(0, cellHeight - lines.size() * metrics.getHeight()) / 2);
        List<BufferedImage> images = rows.get(row).images;
        for (int column = 0; column < images.size(); column++) {
          BufferedImage image = images.get(column);
          int x = columnLeft(column) + (columnWidth - image.getWidth()) / 2;
          graphics.drawImage(image, x, y, null);
        }
      }
    }

    private void text(Graphics2D graphics, List<String> lines, int x, int y) {
      for (int line = 0; line < lines.size(); line++) {
        graphics.drawString(
            lines.get(line), x, y + metrics.getAscent() + line * metrics.getHeight());
      }
    }

    private int widest(List<List<String>> labels) {
      return labels.stream().flatMap(List::stream).mapToInt(metrics::stringWidth).max().orElse(0);
    }

    private static int most(List<List<String>> labels) {
      return labels.stream().mapToInt(List::size).max().orElse(0);
    }

    /** Breaks lines between words; a long word stays whole. */
    private List<String> wrap(String label, int width) {
      List<String> lines = new ArrayList<>();
      for (String paragraph : label.lines().toList()) {
        StringBuilder line = new StringBuilder();
        for (String word : paragraph.split(" ", -1)) {
          if (!line.isEmpty() && metrics.stringWidth(line + " " + word) > width) {
            lines.add(line.toString());
            line.setLength(0);
          }
          line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
      }
      return lines;
    }
  }
}
