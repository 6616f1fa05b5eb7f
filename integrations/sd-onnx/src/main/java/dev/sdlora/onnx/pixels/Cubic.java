package dev.sdlora.onnx.pixels;

/** Resizes with OpenCV's {@code INTER_CUBIC} (a = −0.75, not widened) in floating point. */
public final class Cubic {
  private static final float A = -0.75f;

  private static final int TAPS = 4;

  private Cubic() {}

  /**
   * Returns the input of a network, [3][height][width]: resized levels, {@code (level − mean) /
   * deviation}.
   */
  public static float[] planes(
      Pixels source, int width, int height, float[] means, float[] deviations) {
    int[] columns = new int[TAPS * width];
    float[] across = weights(source.width(), width, columns);
    int[] rows = new int[TAPS * height];
    float[] down = weights(source.height(), height, rows);
    float[] result = new float[3 * width * height];
    double[] wide = new double[source.height() * width];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < wide.length; i++) {
        int x = i % width;
        double sum = 0;
        for (int k = TAPS * x; k < TAPS * x + TAPS; k++) {
          sum += source.level(columns[k], i / width, c) * across[k];
        }
        wide[i] = sum;
      }
      for (int i = 0; i < width * height; i++) {
        int y = i / width;
        double sum = 0;
        for (int k = TAPS * y; k < TAPS * y + TAPS; k++) {
          sum += wide[rows[k] * width + i % width] * down[k];
        }
        result[c * width * height + i] = (float) ((sum - means[c]) / deviations[c]);
      }
    }
    return result;
  }

  /**
   * Returns four weights for each new position.
   *
   * @param positions filled with the positions that they are for
   */
  private static float[] weights(int from, int to, int[] positions) {
    float[] weights = new float[TAPS * to];
    double scale = (double) from / to;
    for (int i = 0; i < to; i++) {
      float at = (float) ((i + 0.5) * scale - 0.5);
      int before = (int) Math.floor(at);
      float x = at - before;
      weights[TAPS * i] = outer(x + 1);
      weights[TAPS * i + 1] = inner(x);
      weights[TAPS * i + 2] = inner(1 - x);
      weights[TAPS * i + 3] = 1 - weights[TAPS * i] - weights[TAPS * i + 1] - weights[TAPS * i + 2];
      for (int k = 0; k < TAPS; k++) {
        positions[TAPS * i + k] = Math.max(0, Math.min(from - 1, before - 1 + k));
      }
    }
    return weights;
  }

  private static float inner(float x) {
    return ((A + 2) * x - (A + 3)) * x * x + 1;
  }

  private static float outer(float x) {
    return ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
  }
}
