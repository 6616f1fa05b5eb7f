package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.ContactSheet;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A sheet of images with their prompts below. Wrong images have a red frame. */
final class LabelledImages {
  private static final int PICTURE = 128;
  private static final int TILE = 176;
  private static final int FONT = 11;
  private static final int FRAME = 4;
  private static final int ROW = 8;

  private final List<BufferedImage> tiles = new ArrayList<>();

  /**
   * Adds an image.
   *
   * @param remark the flaw of the image; empty if there is none
   */
  void add(BufferedImage image, String prompt, String remark) {
    BufferedImage tile = new BufferedImage(TILE, TILE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = tile.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, TILE, TILE);
    int left = (TILE - PICTURE) / 2;
    graphics.drawImage(image, left, FRAME, PICTURE, PICTURE, null);
    if (!remark.isEmpty()) {
      graphics.setColor(Color.RED);
      graphics.setStroke(new BasicStroke(FRAME));
      graphics.drawRect(left - FRAME / 2, FRAME / 2, PICTURE + FRAME, PICTURE + FRAME);
    }
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, FONT));
    int line = PICTURE + 2 * FRAME + FONT;
    graphics.setColor(Color.BLACK);
    line = write(graphics, prompt, line);
    graphics.setColor(Color.RED);
    write(graphics, remark, line);
    graphics.dispose();
    tiles.add(tile);
  }

  private static int write(Graphics2D graphics, String text, int top) {
    FontMetrics metrics = graphics.getFontMetrics();
    int at = top;
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (metrics.stringWidth(line + word) > TILE && line.length() > 0) {
        graphics.drawString(line.toString(), 0, at);
        at += FONT + 1;
        line.setLength(0);
      }
      line.append(word).append(' ');
    }
    graphics.drawString(line.toString(), 0, at);
    return at + FONT + 1;
  }

  /** Writes the sheet as a PNG file. */
  void write(Path png) {
    ContactSheet sheet = new ContactSheet(TILE, List.of());
    for (int from = 0; from < tiles.size(); from += ROW) {
      int to = Math.min(tiles.size(), from + ROW);
      sheet.row((from + 1) + " to " + to, tiles.subList(from, to));
    }
    sheet.write(png);
  }
}
