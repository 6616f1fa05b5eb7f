package dev.sdlora.demo;

import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;

/**
 * Measures of a shape at radius one, computed by counting pixels.
 *
 * @param area its area
 * @param x the horizontal offset of the centroid from the middle of the bounding box, to the right
 * @param y the vertical offset, downwards
 */
record ShapeMoments(double area, double x, double y) {
  private static final int SIDE = 256;
  private static final double RADIUS = 100;

  /** Measures a shape. */
  static ShapeMoments of(Shape shape) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = image.createGraphics();
    graphics.fill(shape.outline(SIDE / 2.0, SIDE / 2.0, RADIUS));
    graphics.dispose();
    double count = 0;
    double across = 0;
    double down = 0;
    for (int py = 0; py < SIDE; py++) {
      for (int px = 0; px < SIDE; px++) {
        if (image.getRaster().getSample(px, py, 0) != 0) {
          count++;
          across += px + 0.5 - SIDE / 2.0;
          down += py + 0.5 - SIDE / 2.0;
        }
      }
    }
    return new ShapeMoments(
        count / (RADIUS * RADIUS), across / count / RADIUS, down / count / RADIUS);
  }

  /**
   * Returns the transformation of the outline of radius one around the origin to the given area,
   * with its centroid at (m, m).
   */
  AffineTransform toMiddle(double m, double targetArea) {
    AffineTransform transform = AffineTransform.getTranslateInstance(m, m);
    double scale = radius(targetArea);
    transform.scale(scale, scale);
    transform.translate(-x, -y);
    return transform;
  }

  /** Returns the radius at which the shape has the given area. */
  double radius(double targetArea) {
    return Math.sqrt(targetArea / area);
  }
}
