package dev.sdlora.demo;

import dev.sdlora.pipeline.image.PngFiles;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A sheet of images in labelled rows and columns. */
public final class ContactSheet {
  private static final int GAP = 6;
  private static final int LABELS = 190;
  private static final int HEAD = 24;
  private static final int LINE = 17;
  private static final int LETTERS = 26;

  private final int side;
  private final List<String> columns;
  private final List<String> labels = new ArrayList<>();
  private final List<List<BufferedImage>> rows = new ArrayList<>();

  /** Creates an empty sheet of square images. */
  public ContactSheet(int side, List<String> columns) {
    this.side = side;
    this.columns = List.copyOf(columns);
  }

  /** Adds a row; its label may have several lines. */
  public void row(String label, List<BufferedImage> images) {
    labels.add(label);
    rows.add(List.copyOf(images));
  }

  /** Wraps a prompt into a label of several lines. */
  public static String wrapped(String text) {
    StringBuilder lines = new StringBuilder();
    int start = 0;
    for (String word : text.split(" ", -1)) {
      if (lines.length() + word.length() - start > LETTERS) {
        start = lines.append('\n').length();
      }
      lines.append(word).append(' ');
    }
    return lines.toString();
  }

  /** Draws the sheet and writes it as a PNG file. */
  public void write(Path png) {
    int across = rows.stream().mapToInt(List::size).max().orElse(0);
    int width = LABELS + across * (side + GAP);
    int height = HEAD + rows.size() * (side + GAP);
    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = sheet.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, width, height);
    g.setColor(Color.BLACK);
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    for (int column = 0; column < columns.size(); column++) {
      g.drawString(columns.get(column), LABELS + column * (side + GAP), HEAD - 8);
    }
    for (int row = 0; row < rows.size(); row++) {
      drawRow(g, row, HEAD + row * (side + GAP));
    }
    g.dispose();
    PngFiles.save(sheet, png);
  }

  private void drawRow(Graphics2D g, int row, int top) {
    List<String> lines = labels.get(row).lines().toList();
    for (int line = 0; line < lines.size(); line++) {
      g.drawString(lines.get(line), GAP, top + LINE * (line + 1));
    }
    List<BufferedImage> images = rows.get(row);
    for (int column = 0; column < images.size(); column++) {
      g.drawImage(images.get(column), LABELS + column * (side + GAP), top, null);
    }
  }
}
