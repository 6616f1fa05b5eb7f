package dev.sdlora.pipeline.preprocess;

import dev.sdlora.pipeline.raster.Raster;

/** Strokes along soft edges: A1111's {@code scribble_hed}. */
final class Scribbles {
  private static final double SIGMA = 3;

  /** Fainter ridges are no strokes. */
  private static final float LEAST = 127;

  /** Blurred strokes end where they are fainter. */
  private static final int END = 4;

  private static final int[][] DIRECTIONS = {{1, 0}, {0, 1}, {1, 1}, {1, -1}};

  private Scribbles() {}

  /**
   * Keeps the ridges of blurred edges, and widens them.
   *
   * @param edges three equal channels
   * @return one channel
   */
  static Raster along(Raster edges) {
    int width = edges.width();
    int height = edges.height();
    float[] blurred = Gauss.plane(edges, 0, SIGMA);
    byte[] ridges = new byte[blurred.length];
    for (int i = 0; i < ridges.length; i++) {
      boolean isRidge = blurred[i] > LEAST && isRidge(blurred, i, width, height);
      ridges[i] = (byte) (isRidge ? 255 : 0);
    }
    Raster wide = Gauss.levels(new Raster(width, height, 1, ridges), SIGMA);
    byte[] strokes = new byte[ridges.length];
    for (int i = 0; i < strokes.length; i++) {
      strokes[i] = (byte) (wide.level(i) > END ? 255 : 0);
    }
    return new Raster(width, height, 1, strokes);
  }

  /** Whether both neighbours in a direction are no larger. */
  private static boolean isRidge(float[] values, int at, int width, int height) {
    int x = at % width;
    int y = at / width;
    for (int[] direction : DIRECTIONS) {
      if (values[at] >= value(values, x + direction[0], y + direction[1], width, height)
          && values[at] >= value(values, x - direction[0], y - direction[1], width, height)) {
        return true;
      }
    }
    return false;
  }

  private static float value(float[] values, int x, int y, int width, int height) {
    boolean inside = x >= 0 && x < width && y >= 0 && y < height;
    return inside ? values[y * width + x] : Float.NEGATIVE_INFINITY;
  }
}
