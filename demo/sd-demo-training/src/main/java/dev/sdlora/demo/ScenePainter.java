package dev.sdlora.demo;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** Draws one scene at one size. */
final class ScenePainter {
  /** The factor on all values in the dark style. */
  private static final double NIGHT = 0.3;

  private static final double MOST_CONTRAST = 0.7;
  private static final double PEN = 0.045;

  private final Scene scene;
  private final int side;

  /** Prepares to draw a square image. */
  ScenePainter(Scene scene, int side) {
    this.scene = scene;
    this.side = side;
  }

  /** Draws and returns the image. */
  BufferedImage image() {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setColor(seen(scene.ground().paint()));
      graphics.fillRect(0, 0, side, side);
      drawGraphPaper(graphics);
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      drawThings(graphics);
    } finally {
      graphics.dispose();
    }
    return image;
  }

  /** Draws four lines in each direction, wide enough for a small network to see. */
  private void drawGraphPaper(Graphics2D graphics) {
    int width = Math.max(1, side / 32);
    graphics.setColor(seen(lineColour()));
    for (int i = 0; i < 4; i++) {
      int at = (2 * i + 1) * side / 8 - width / 2;
      graphics.fillRect(at, 0, width, side);
      graphics.fillRect(0, at, side, width);
    }
  }

  private void drawThings(Graphics2D graphics) {
    List<java.awt.Shape> outlines = scene.outlines(side);
    for (int i = 0; i < outlines.size(); i++) {
      java.awt.Shape outline = outlines.get(i);
      graphics.setColor(seen(scene.things().get(i).colour().paint()));
      graphics.fill(
          scene.style() == SceneStyle.LINES ? pen(PEN).createStrokedShape(outline) : outline);
    }
  }

  private BasicStroke pen(double width) {
    float pixels = (float) (width * side);
    return new BasicStroke(pixels, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
  }

  private Color lineColour() {
    Color ground = scene.ground().paint();
    Color shade = luminance(ground) > 0.4 ? Color.BLACK : Color.WHITE;
    double share = MOST_CONTRAST * scene.detail();
    return new Color(
        blend(ground.getRed(), shade.getRed(), share),
        blend(ground.getGreen(), shade.getGreen(), share),
        blend(ground.getBlue(), shade.getBlue(), share));
  }

  private Color seen(Color colour) {
    if (scene.style() != SceneStyle.DARK) {
      return colour;
    }
    return new Color(
        blend(0, colour.getRed(), NIGHT),
        blend(0, colour.getGreen(), NIGHT),
        blend(0, colour.getBlue(), NIGHT));
  }

  private static double luminance(Color colour) {
    return (0.2126 * colour.getRed() + 0.7152 * colour.getGreen() + 0.0722 * colour.getBlue())
        / 255;
  }

  private static int blend(int from, int to, double share) {
    return (int) Math.round(from + (to - from) * share);
  }
}
