package dev.sdlora.pipeline.imageprompt;

import dev.sdlora.pipeline.raster.Box;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.raster.Resampling;

/** Prepares images for CLIP's vision encoders, as transformers does. */
final class ClipPixels {
  private static final double[] MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] DEVIATION = {0.26862954, 0.26130258, 0.27577711};

  private ClipPixels() {}

  /** Resizes the shorter side by cubic convolution and crops the middle of the longer one. */
  static Raster square(Raster image, int side) {
    boolean isTall = image.width() < image.height();
    int shorter = Math.min(image.width(), image.height());
    int longer = (int) ((double) side * Math.max(image.width(), image.height()) / shorter);
    int width = isTall ? side : longer;
    int height = isTall ? longer : side;
    return Resampling.BICUBIC
        .resize(image, width, height)
        .crop(new Box((width - side) / 2, (height - side) / 2, side, side));
  }

  /**
   * Returns the pixels of an image as the encoders read them.
   *
   * @param image three channels
   * @return [3][side][side], normalised by the mean and the deviation of CLIP's training images
   */
  static float[] normalised(Raster image, int side) {
    Raster square = square(image, side);
    int plane = side * side;
    float[] planes = new float[3 * plane];
    for (int i = 0; i < planes.length; i++) {
      int channel = i % 3;
      planes[channel * plane + i / 3] =
          (float) ((square.level(i) / 255.0 - MEAN[channel]) / DEVIATION[channel]);
    }
    return planes;
  }
}
