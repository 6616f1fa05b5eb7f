package dev.sdlora.training.data;

/**
 * The sizes that SDXL is told of a training image (Podell et al. 2023, "SDXL", sections 2.2 and
 * 2.3), in pixels.
 *
 * @param originalHeight before it was scaled
 * @param originalWidth before it was scaled
 * @param cropTop rows of the scaled image that were cut off at the top
 * @param cropLeft columns of the scaled image that were cut off on the left
 * @param targetHeight that it is trained at
 * @param targetWidth that it is trained at
 */
public record TrainingImageSizes(
    int originalHeight,
    int originalWidth,
    int cropTop,
    int cropLeft,
    int targetHeight,
    int targetWidth) {

  /** An image that was neither scaled nor cut. */
  public static TrainingImageSizes whole(int height, int width) {
    return new TrainingImageSizes(height, width, 0, 0, height, width);
  }

  /** In the order in which the U-Net reads them. */
  double[] numbers() {
    return new double[] {
      originalHeight, originalWidth, cropTop, cropLeft, targetHeight, targetWidth
    };
  }
}
