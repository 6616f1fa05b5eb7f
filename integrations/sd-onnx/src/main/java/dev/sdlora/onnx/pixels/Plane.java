package dev.sdlora.onnx.pixels;

import dev.sdlora.api.image.Image;
import java.util.Arrays;
import java.util.function.DoubleToIntFunction;

/**
 * One channel of floats.
 *
 * @param width columns
 * @param height rows
 * @param values [height][width]; must not be modified
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and large.
public record Plane(int width, int height, float[] values) {
  /** Returns one channel of the output of a network, [channel][height][width]. */
  public static Plane of(float[] values, int channel, int width, int height) {
    int from = channel * width * height;
    return new Plane(width, height, Arrays.copyOfRange(values, from, from + width * height));
  }

  /** Returns a part, which must lie inside. */
  public Plane crop(int left, int top, int width, int height) {
    float[] part = new float[width * height];
    for (int y = 0; y < height; y++) {
      System.arraycopy(values, (top + y) * this.width + left, part, y * width, width);
    }
    return new Plane(width, height, part);
  }

  /**
   * Returns a grey image.
   *
   * @param level the level for a value, 0 to 255
   */
  public Image toImage(DoubleToIntFunction level) {
    byte[] rgb = new byte[3 * values.length];
    for (int i = 0; i < values.length; i++) {
      byte grey = (byte) Math.max(0, Math.min(255, level.applyAsInt(values[i])));
      rgb[3 * i] = grey;
      rgb[3 * i + 1] = grey;
      rgb[3 * i + 2] = grey;
    }
    return Image.of(width, height, rgb);
  }
}
