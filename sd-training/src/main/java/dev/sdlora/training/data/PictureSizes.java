package dev.sdlora.training.data;

/**
 * The sizes that SDXL is told of a training picture (Podell et al. 2023, "SDXL", sections 2.2 and
 * 2.3), in pixels.
 *
 * @param originalHeight before it was scaled
 * @param originalWidth before it was scaled
 * @param cropTop rows of the scaled picture that were cut off at the top
 * @param cropLeft columns of the scaled picture that were cut off on the left
 * @param targetHeight that it is trained at
 * @param targetWidth that it is trained at
 */
public record PictureSizes(
    int originalHeight,
    int originalWidth,
    int cropTop,
    int cropLeft,
    int targetHeight,
    int targetWidth) {

  /** A picture that was neither scaled nor cut. */
  public static PictureSizes whole(int height, int width) {
    return new PictureSizes(height, width, 0, 0, height, width);
  }

  /** In the order in which the U-Net reads them. */
  double[] numbers() {
    return new double[] {
      originalHeight, originalWidth, cropTop, cropLeft, targetHeight, targetWidth
    };
  }
}
