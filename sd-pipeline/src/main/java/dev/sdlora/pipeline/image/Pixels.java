package dev.sdlora.pipeline.image;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.pipeline.raster.Raster;
import java.awt.image.BufferedImage;

/** Converts the VAE's output to 8-bit pixels. */
public final class Pixels {
  private Pixels() {}

  /**
   * Interleaves planes and rounds values down to whole levels, as A1111 does.
   *
   * @param planes [3][height][width], -1 (no intensity) to 1 (full intensity); other values are
   *     clamped
   * @return [height][width][3], 0 to 255
   * @throws StableDiffusionException if there is a NaN
   */
  public static byte[] rgb(float[] planes) {
    int plane = planes.length / 3;
    byte[] rgb = new byte[planes.length];
    for (int i = 0; i < planes.length; i++) {
      float value = planes[i];
      if (Float.isNaN(value)) {
        throw new StableDiffusionException(
            "the decoded image contains NaN; the checkpoint may be damaged or a LoRA strength too high");
      }
      float level = 255 * Math.max(0, Math.min(1, value * 0.5f + 0.5f));
      rgb[i % plane * 3 + i / plane] = (byte) level;
    }
    return rgb;
  }

  /**
   * Converts planes to a raster; see {@link #rgb}.
   *
   * @param planes [3][height][width]
   */
  public static Raster raster(float[] planes, ImageSize size) {
    return new Raster(size.width(), size.height(), 3, rgb(planes));
  }

  /**
   * Converts planes to a Java image; see {@link #rgb}.
   *
   * @param planes [3][height][width]
   */
  public static BufferedImage image(float[] planes, int width) {
    byte[] rgb = rgb(planes);
    int[] levels = new int[rgb.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = rgb[i] & 0xff;
    }
    int height = planes.length / (3 * width);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.getRaster().setPixels(0, 0, width, height, levels);
    return image;
  }
}
