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
 * @param name a name for messages, such as that of its file
 * @param image supplies the image, of any size; called once at the start of each training run, on
 *     its thread
 * @param caption plain text, in which brackets have no meaning
 * @param strength the strength of the LoRA at which it should produce this image; finite and not 0.
 *     A slider LoRA is trained on images at 1 and on their opposites at -1
 */
public record TrainingExample(
    String name, Supplier<BufferedImage> image, String caption, double strength) {

  /**
   * Creates an example.
   *
   * @param name a name for messages
   * @param image supplies the image at the start of a training run
   * @param caption the caption; empty for none
   * @param strength the strength, finite and not 0
   * @throws IllegalArgumentException if the strength is 0, at which a LoRA has no effect, or not
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
   * Creates an example from an image in memory, at strength 1.
   *
   * @param image an image of any size; not copied
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
    return new TrainingExample(file.toString(), () -> read(file), caption, 1);
  }

  /**
   * Returns a copy with another strength.
   *
   * @param strength the strength, finite and not 0
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
            "image '%s' cannot be read: its format is unknown, expected PNG or JPEG"
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
