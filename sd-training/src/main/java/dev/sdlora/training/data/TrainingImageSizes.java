package dev.sdlora.training.data;

/**
 * The sizes of a training image that SDXL is conditioned on (Podell et al. 2023, "SDXL", sections
 * 2.2 and 2.3), in pixels.
 *
 * @param originalHeight the height before scaling
 * @param originalWidth the width before scaling
 * @param cropTop the number of rows of the scaled image cropped at the top
 * @param cropLeft the number of columns of the scaled image cropped on the left
 * @param targetHeight the training height
 * @param targetWidth the training width
 */
public record TrainingImageSizes(
    int originalHeight,
    int originalWidth,
    int cropTop,
    int cropLeft,
    int targetHeight,
    int targetWidth) {

  /** The sizes of an image that was neither scaled nor cropped. */
  public static TrainingImageSizes whole(int height, int width) {
    return new TrainingImageSizes(height, width, 0, 0, height, width);
  }

  /** The sizes in the order in which the U-Net reads them. */
  double[] numbers() {
    return new double[] {
      originalHeight, originalWidth, cropTop, cropLeft, targetHeight, targetWidth
    };
  }
}
