package dev.sdlora.onnx.preprocess;

import dev.sdlora.api.image.Image;

/** A black image on which filled shapes are drawn; what lies outside is left out. */
final class Canvas {
  /** Half the widths of the rows of discs, from the middle one, by radius: as OpenCV draws them. */
  private static final int[][] DISCS = {{0}, {1, 0}, {2, 1, 0}, {3, 2, 2, 0}, {4, 3, 3, 2, 0}};

  private final int width;
  private final int height;
  private final byte[] rgb;

  Canvas(int width, int height) {
    this.width = width;
    this.height = height;
    this.rgb = new byte[3 * width * height];
  }

  Image toImage() {
    return Image.of(width, height, rgb);
  }

  /** Draws a disc with a radius of up to 4 pixels. */
  void disc(int x, int y, int radius, int colour) {
    for (int row = -radius; row <= radius; row++) {
      int half = DISCS[radius][Math.abs(row)];
      span(y + row, x - half, x + half, colour);
    }
  }

  /** Draws a convex polygon with its outline. */
  void polygon(double[] xs, double[] ys, int colour) {
    double top = Double.MAX_VALUE;
    double bottom = -Double.MAX_VALUE;
    for (double y : ys) {
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
    int last = (int) Math.min(height - 1.0, Math.floor(bottom + 0.5));
    for (int y = (int) Math.max(0, Math.floor(top + 0.5)); y <= last; y++) {
      double left = Double.MAX_VALUE;
      double right = -Double.MAX_VALUE;
      for (int i = 0; i < xs.length; i++) {
        int next = (i + 1) % xs.length;
        double[] part = edgeInRow(xs[i], ys[i], xs[next], ys[next], y);
        left = Math.min(left, part[0]);
        right = Math.max(right, part[1]);
      }
      if (left <= right) {
        span(y, (int) Math.floor(left + 0.5), (int) Math.floor(right + 0.5), colour);
      }
    }
  }

  /**
   * Returns the least and the largest x of an edge within half a pixel of a row, if it is there.
   */
  private static double[] edgeInRow(double x1, double y1, double x2, double y2, int row) {
    boolean steep = Math.abs(y2 - y1) >= Math.abs(x2 - x1);
    double margin = steep ? 0 : 0.5;
    double from = Math.max(Math.min(y1, y2), row - margin);
    double to = Math.min(Math.max(y1, y2), row + margin);
    if (from > to) {
      return new double[] {Double.MAX_VALUE, -Double.MAX_VALUE};
    }
    if (y1 == y2) {
      return new double[] {Math.min(x1, x2), Math.max(x1, x2)};
    }
    double a = x1 + (from - y1) / (y2 - y1) * (x2 - x1);
    double b = x1 + (to - y1) / (y2 - y1) * (x2 - x1);
    // The outermost pixel whose centre is nearest to the edge in this row.
    double trim = steep ? 0 : Math.min(0.5, Math.abs(b - a) / 2);
    return new double[] {Math.min(a, b) + trim, Math.max(a, b) - trim};
  }

  /** Draws a line of a thickness of 2 pixels, with round ends. */
  void line(int x1, int y1, int x2, int y2, int colour) {
    double length = Math.hypot(x2 - x1, y2 - y1);
    if (length > 0) {
      double across = (y2 - y1) / length;
      double down = (x1 - x2) / length;
      polygon(
          new double[] {x1 + across, x2 + across, x2 - across, x1 - across},
          new double[] {y1 + down, y2 + down, y2 - down, y1 - down},
          colour);
    }
    disc(x1, y1, 1, colour);
    disc(x2, y2, 1, colour);
  }

  private void span(int y, int from, int to, int colour) {
    if (y < 0 || y >= height) {
      return;
    }
    for (int x = Math.max(0, from); x <= Math.min(width - 1, to); x++) {
      int at = 3 * (y * width + x);
      rgb[at] = (byte) (colour >> 16);
      rgb[at + 1] = (byte) (colour >> 8);
      rgb[at + 2] = (byte) colour;
    }
  }
}
