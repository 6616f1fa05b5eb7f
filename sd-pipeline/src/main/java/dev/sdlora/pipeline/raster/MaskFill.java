package dev.sdlora.pipeline.raster;

/**
 * Fills the masked area with the surrounding colours: the rest of the image, in layers of
 * decreasing blur. The radii are A1111's, and the arithmetic on bytes is that of Pillow, which
 * A1111 uses: transformers start from this image in a latent that keeps much of it, so a level of
 * rounding shows.
 */
public final class MaskFill {
  /** Standard deviations in pixels, and the number of times each layer is applied. */
  private static final int[][] LAYERS = {{256, 1}, {64, 1}, {16, 2}, {4, 4}, {2, 2}, {0, 1}};

  private static final int CHANNELS = 4;
  private static final int ALPHA = 3;

  /** The fixed point of a layer's share: 255 in units of 1/128. */
  private static final int WHOLE_SHARE = 255 << 7;

  private MaskFill() {}

  /**
   * Returns an image with the masked area filled.
   *
   * @param image three channels
   * @param mask a mask of the same size; pixels at 255 are ignored, pixels at 0 are unchanged
   * @return black if everything is masked
   */
  public static Raster fill(Raster image, Raster mask) {
    int pixels = image.width() * image.height();
    int[] seen = new int[CHANNELS * pixels];
    for (int i = 0; i < pixels; i++) {
      int cover = 255 - mask.level(i);
      for (int c = 0; c < 3; c++) {
        seen[CHANNELS * i + c] = by255(image.level(3 * i + c) * cover);
      }
      seen[CHANNELS * i + ALPHA] = cover;
    }
    int[] sum = new int[CHANNELS * pixels];
    for (int[] layer : LAYERS) {
      int[] blurred = BoxBlur.gaussian(seen, image.width(), image.height(), CHANNELS, layer[0]);
      divideByAlpha(blurred);
      for (int repeat = 0; repeat < layer[1]; repeat++) {
        layOver(sum, blurred);
      }
    }
    byte[] samples = new byte[3 * pixels];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) sum[i / 3 * CHANNELS + i % 3];
    }
    return new Raster(image.width(), image.height(), 3, samples);
  }

  /** Turns colours multiplied by alpha into colours, rounded down. */
  private static void divideByAlpha(int[] levels) {
    for (int i = 0; i < levels.length; i += CHANNELS) {
      int alpha = levels[i + ALPHA];
      if (alpha > 0) {
        for (int c = 0; c < 3; c++) {
          levels[i + c] = Math.min(255, 255 * levels[i + c] / alpha);
        }
      }
    }
  }

  /** Draws one layer over another (Porter and Duff 1984, "over"), colours not multiplied. */
  private static void layOver(int[] below, int[] above) {
    for (int i = 0; i < below.length; i += CHANNELS) {
      int alpha = above[i + ALPHA];
      if (alpha == 0) {
        continue;
      }
      int both = 255 * alpha + below[i + ALPHA] * (255 - alpha);
      int share = (int) ((long) alpha * 255 * WHOLE_SHARE / both);
      for (int c = 0; c < 3; c++) {
        int mixed = above[i + c] * share + below[i + c] * (WHOLE_SHARE - share);
        below[i + c] = over255(mixed + (128 << 7)) >> 7;
      }
      below[i + ALPHA] = by255(both);
    }
  }

  /** Divides by 255 and rounds. */
  private static int by255(int product) {
    return over255(product + 128);
  }

  /** Divides by 255 as Pillow does, by two shifts. */
  private static int over255(int product) {
    return ((product >> 8) + product) >> 8;
  }
}
