package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;
import javax.imageio.ImageIO;

/**
 * An image with its caption.
 *
 * @param name what messages call it, such as the name of its file
 * @param image gives the image, of any size, when a training begins; called once in each training,
 *     on its thread
 * @param caption plain text: brackets have no meaning in it
 * @param strength of the LoRA at which this image is the aim; finite and not 0. A LoRA that works
 *     as a slider is trained on images at 1 and on their opposites at -1
 */
public record TrainingExample(
    String name, Supplier<BufferedImage> image, String caption, double strength) {

  /**
   * Checks the strength.
   *
   * @param name what messages call it
   * @param image gives the image when a training begins
   * @param caption empty for none
   * @param strength finite and not 0
   * @throws IllegalArgumentException if the strength is 0, at which a LoRA changes nothing, or not
   *     finite
   */
  public TrainingExample {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(caption, "caption");
    if (strength == 0 || !Double.isFinite(strength)) {
      throw new IllegalArgumentException("strength must be finite and not 0: " + strength);
    }
  }

  /**
   * Takes an image in memory, at strength 1.
   *
   * @param image of any size; not copied
   * @param caption plain text; empty for none
   * @return the example
   */
  public static TrainingExample of(BufferedImage image, String caption) {
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(caption, "caption");
    return new TrainingExample("image '" + caption + "'", () -> image, caption, 1);
  }

  /**
   * Takes an image file, at strength 1. It is read when a training begins, which fails with a
   * {@link TrainingException} if it cannot be.
   *
   * @param file of a format that {@link ImageIO} reads
   * @param caption plain text; empty for none
   * @return the example
   */
  public static TrainingExample of(Path file, String caption) {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(caption, "caption");
    return new TrainingExample(file.toString(), () -> read(file), caption, 1);
  }

  /**
   * Sets another strength.
   *
   * @param strength finite and not 0
   * @return the same image at that strength
   * @throws IllegalArgumentException if it is 0 or not finite
   */
  public TrainingExample withStrength(double strength) {
    return new TrainingExample(name, image, caption, strength);
  }

  private static BufferedImage read(Path file) {
    try {
      BufferedImage image = ImageIO.read(file.toFile());
      if (image == null) {
        throw new TrainingException(
            "image '%s' cannot be read: it is not of a known format, expected PNG or JPEG"
                .formatted(file),
            ErrorDetails.in(file));
      }
      return image;
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new TrainingException(
          "image '%s' cannot be read: %s; the file is probably damaged, or its colours are not RGB"
              .formatted(file, e.getMessage()),
          ErrorDetails.in(file),
          e);
    }
  }
}
