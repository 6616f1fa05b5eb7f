package dev.sdlora.training;

import dev.sdlora.api.value.Checks;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import javax.imageio.ImageIO;

/**
 * An image with its caption.
 *
 * @param name a name for messages, such as that of its file
 * @param image supplies the image, of at least 64 pixels on each side; called at the start of each
 *     training run, on its thread, once to check it and once to encode it
 * @param caption plain text, in which brackets have no meaning
 * @param strength the strength of the LoRA at which it should produce this image; finite and not 0.
 *     A slider LoRA is trained on images at 1 and on their opposites at -1
 * @param mask supplies the mask of the image, white where it is trained on, of its aspect ratio;
 *     empty for its alpha channel. Only used with {@link LoraTrainerBuilder#maskedLoss}
 * @param repeats how often the image is trained on in an epoch, 1 to 1,000,000
 */
public record TrainingExample(
    String name,
    Supplier<BufferedImage> image,
    String caption,
    double strength,
    Optional<Supplier<BufferedImage>> mask,
    int repeats) {

  private static final int MOST_REPEATS = 1_000_000;

  /**
   * Creates an example.
   *
   * @param name a name for messages
   * @param image supplies the image at the start of a training run
   * @param caption the caption; empty for none
   * @param strength the strength, finite and not 0
   * @param mask supplies the mask at the start of a training run; empty for the alpha channel
   * @param repeats how often the image is trained on in an epoch, 1 to 1,000,000
   * @throws IllegalArgumentException if the strength is 0, at which a LoRA has no effect, or not
   *     finite, or the repeats are out of range
   */
  public TrainingExample {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(caption, "caption");
    Objects.requireNonNull(mask, "mask");
    if (strength == 0 || !Double.isFinite(strength)) {
      throw new IllegalArgumentException("strength must be finite and not 0: " + strength);
    }
    Checks.inRange(1, MOST_REPEATS, repeats, "repeats");
  }

  /**
   * Creates an example that has no mask image and is not repeated.
   *
   * @param name a name for messages
   * @param image supplies the image at the start of a training run
   * @param caption the caption; empty for none
   * @param strength the strength, finite and not 0
   * @throws IllegalArgumentException if the strength is 0, at which a LoRA has no effect, or not
   *     finite
   */
  public TrainingExample(
      String name, Supplier<BufferedImage> image, String caption, double strength) {
    this(name, image, caption, strength, Optional.empty(), 1);
  }

  /**
   * Creates an example from an image in memory, at strength 1.
   *
   * @param image an image of at least 64 pixels on each side; not copied
   * @param caption plain text; empty for none
   * @return the example
   */
  public static TrainingExample of(BufferedImage image, String caption) {
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(caption, "caption");
    return new TrainingExample("image '" + caption + "'", () -> image, caption, 1);
  }

  /**
   * Creates an example from an image file, at strength 1. The file is read at the start of a
   * training run, which fails with a {@link TrainingException} if it cannot be read.
   *
   * @param file a file in a format that {@link ImageIO} reads
   * @param caption plain text; empty for none
   * @return the example
   */
  public static TrainingExample of(Path file, String caption) {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(caption, "caption");
    return new TrainingExample(file.toString(), new ImageFile(file), caption, 1);
  }

  /**
   * Returns a copy with another strength.
   *
   * @param strength the strength, finite and not 0
   * @return the same image at that strength
   * @throws IllegalArgumentException if it is 0 or not finite
   */
  public TrainingExample withStrength(double strength) {
    return new TrainingExample(name, image, caption, strength, mask, repeats);
  }

  /**
   * Returns a copy with a mask image.
   *
   * @param mask a file in a format that {@link ImageIO} reads, of the aspect ratio of the image:
   *     white where it is trained on
   * @return the same image with that mask
   */
  public TrainingExample withMask(Path mask) {
    Objects.requireNonNull(mask, "mask");
    return new TrainingExample(
        name, image, caption, strength, Optional.of(new ImageFile(mask)), repeats);
  }

  /**
   * Returns a copy that is trained on more often.
   *
   * @param repeats how often the image is trained on in an epoch, 1 to 1,000,000
   * @return the same image, repeated
   * @throws IllegalArgumentException if it is out of range
   */
  public TrainingExample withRepeats(int repeats) {
    return new TrainingExample(name, image, caption, strength, mask, repeats);
  }

  /** Returns a copy with another caption. */
  TrainingExample withCaption(String other) {
    return new TrainingExample(name, image, other, strength, mask, repeats);
  }

  /** Returns the size of the image, without reading its pixels if it is a file. */
  Dimension dimension() {
    if (image instanceof ImageFile file) {
      return file.dimension();
    }
    BufferedImage read = image.get();
    return new Dimension(read.getWidth(), read.getHeight());
  }
}
