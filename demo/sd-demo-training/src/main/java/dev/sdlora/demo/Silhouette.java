package dev.sdlora.demo;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.function.DoubleBinaryOperator;

/**
 * A black-and-white figure of 64×64 squares, one bit each.
 *
 * <p>Figures are normalised to the same area and centroid, so that only their shapes differ.
 */
final class Silhouette {
  /** The number of squares in a row. */
  static final int SIDE = 64;

  /** The area to which figures are normalised, in squares. */
  static final double AREA = 1000;

  private final long[] rows = new long[SIDE];

  private Silhouette() {}

  /** Creates a figure of the squares in whose middle a coverage function is at least one half. */
  static Silhouette sampled(DoubleBinaryOperator cover) {
    Silhouette result = new Silhouette();
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        if (cover.applyAsDouble(x + 0.5, y + 0.5) >= 0.5) {
          result.rows[y] |= 1L << x;
        }
      }
    }
    return result;
  }

  /** Draws an outline without normalising it. */
  static Silhouette of(java.awt.Shape outline) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.fill(outline);
    } finally {
      graphics.dispose();
    }
    return sampled((x, y) -> image.getRaster().getSample((int) x, (int) y, 0) / 255.0);
  }

  /** Returns the intersection over the union, 0 to 1. */
  double overlap(Silhouette other) {
    int shared = 0;
    int together = 0;
    for (int y = 0; y < SIDE; y++) {
      shared += Long.bitCount(rows[y] & other.rows[y]);
      together += Long.bitCount(rows[y] | other.rows[y]);
    }
    return together == 0 ? 0 : (double) shared / together;
  }
}
