package dev.sdlora.onnx.pixels;

import dev.sdlora.api.image.Image;
import java.util.Arrays;

/**
 * An image with red, green and blue.
 *
 * @param width columns
 * @param height rows
 * @param rgb [height][width][3], 0 to 255; must not be modified
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and large.
public record Pixels(int width, int height, byte[] rgb) {
  private static final int CHANNELS = 3;

  /** Copies the pixels of an image. */
  public static Pixels of(Image image) {
    return new Pixels(image.width(), image.height(), image.rgb());
  }

  /** Returns one sample, 0 to 255. */
  int level(int x, int y, int channel) {
    return rgb[(y * width + x) * CHANNELS + channel] & 0xff;
  }

  /**
   * Returns this image on a background of one level.
   *
   * @param width the width of the result
   * @param height the height of the result
   * @param left the place of this image in it; it must fit
   * @param top the place of this image in it
   */
  public Pixels on(int level, int width, int height, int left, int top) {
    byte[] result = new byte[width * height * CHANNELS];
    Arrays.fill(result, (byte) level);
    for (int y = 0; y < this.height; y++) {
      System.arraycopy(
          rgb,
          y * this.width * CHANNELS,
          result,
          ((top + y) * width + left) * CHANNELS,
          this.width * CHANNELS);
    }
    return new Pixels(width, height, result);
  }

  /**
   * Returns the input of a network, [3][height][width]: {@code (level − mean) / deviation}.
   *
   * @param means one for each channel, red first
   * @param deviations one for each channel, red first
   */
  public float[] planes(float[] means, float[] deviations) {
    int plane = width * height;
    float[] planes = new float[CHANNELS * plane];
    for (int i = 0; i < rgb.length; i++) {
      int channel = i % CHANNELS;
      planes[channel * plane + i / CHANNELS] =
          ((rgb[i] & 0xff) - means[channel]) / deviations[channel];
    }
    return planes;
  }

  /** Returns the input of a network, [3][height][width]: {@code level / divisor}. */
  public float[] planes(float divisor) {
    return planes(new float[CHANNELS], new float[] {divisor, divisor, divisor});
  }

  /** Returns the planes of a network that reads blue first: [3][height][width], 0 to 255. */
  public float[] bluePlanes() {
    int plane = width * height;
    float[] planes = new float[CHANNELS * plane];
    for (int i = 0; i < rgb.length; i++) {
      planes[(CHANNELS - 1 - i % CHANNELS) * plane + i / CHANNELS] = rgb[i] & 0xff;
    }
    return planes;
  }
}
