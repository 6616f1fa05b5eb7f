package dev.sdlora.training.data;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An encoded training image with its caption.
 *
 * @param image the image
 * @param mirrored the mirrored image, by which half of the steps replace it; empty for never
 * @param caption the caption
 * @param strength the strength of the LoRA at which it should produce this image, not 0
 * @param repeats how often it is trained on in an epoch, at least 1
 * @param priorWeight the factor on the loss of an image for prior preservation; empty for an image
 *     of the training set
 */
public record Example(
    EncodedImage image,
    Optional<EncodedImage> mirrored,
    String caption,
    double strength,
    int repeats,
    OptionalDouble priorWeight) {

  /** Creates an example of the training set that is never mirrored and not repeated. */
  public Example(
      float[] latent, int rows, String caption, double strength, TrainingImageSizes sizes) {
    this(
        new EncodedImage(latent, rows, new float[0], sizes),
        Optional.empty(),
        caption,
        strength,
        1,
        OptionalDouble.empty());
  }

  /** Its place in the order of a training run: images of one latent size share a bucket. */
  BatchOrder.Member member() {
    String bucket = image.latent().length + " in " + image.rows();
    return new BatchOrder.Member(bucket, repeats, priorWeight.isPresent());
  }
}
