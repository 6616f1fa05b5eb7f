package dev.sdlora.training;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.training.data.Buckets;
import dev.sdlora.training.data.Placement;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Checks the images of a training run before its first step, and decides at which size each is
 * trained on. Stateless.
 */
final class ImageChecks {
  /** The number of problems that a message lists. */
  private static final int LISTED = 10;

  /** The difference between the aspect ratios of an image and its mask, as a share. */
  private static final double TOLERANCE = 0.02;

  private ImageChecks() {}

  /**
   * Reads all images completely, and their masks if these are used; can be cancelled between two of
   * them.
   *
   * @return the sizes of the images, or of the first ones if cancelled
   * @throws TrainingException if some are damaged or too small; it lists them
   */
  static List<Placement> whole(
      List<TrainingExample> examples, Buckets buckets, boolean masks, BooleanSupplier cancelled) {
    return checked(examples, buckets, example -> readWhole(example, masks), cancelled);
  }

  /**
   * Reads only the sizes of image files.
   *
   * @return the sizes of all images
   * @throws TrainingException if some are damaged or too small; it lists them
   */
  static List<Placement> headers(List<TrainingExample> examples, Buckets buckets) {
    return checked(examples, buckets, TrainingExample::dimension, () -> false);
  }

  private static List<Placement> checked(
      List<TrainingExample> examples,
      Buckets buckets,
      Function<TrainingExample, Dimension> reader,
      BooleanSupplier cancelled) {
    List<Placement> placements = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (TrainingExample example : examples) {
      if (cancelled.getAsBoolean()) {
        return placements;
      }
      try {
        Dimension size = reader.apply(example);
        Optional<Placement> placement = buckets.place(size.width, size.height);
        placement.ifPresentOrElse(
            placements::add, () -> problems.add(tooSmall(example, size, buckets)));
      } catch (GenerationCancelledException e) {
        throw e;
      } catch (StableDiffusionException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new TrainingException(
          "%s of %s images cannot be trained on: %s"
              .formatted(problems.size(), examples.size(), listed(problems, "; ")));
    }
    return placements;
  }

  private static Dimension readWhole(TrainingExample example, boolean masks) {
    BufferedImage image = example.image().get();
    if (masks && example.mask().isPresent()) {
      BufferedImage mask = example.mask().get().get();
      double across = (double) mask.getWidth() / image.getWidth();
      double down = (double) mask.getHeight() / image.getHeight();
      if (Math.abs(across / down - 1) > TOLERANCE) {
        throw new TrainingException(
            "the mask of image '%s' has %sx%s pixels, expected the aspect ratio of the image, which has %sx%s"
                .formatted(
                    example.name(),
                    mask.getWidth(),
                    mask.getHeight(),
                    image.getWidth(),
                    image.getHeight()));
      }
    }
    return new Dimension(image.getWidth(), image.getHeight());
  }

  private static String tooSmall(TrainingExample example, Dimension size, Buckets buckets) {
    return "image '%s' has %sx%s pixels, expected %s"
        .formatted(example.name(), size.width, size.height, buckets.requirement());
  }

  /** The first items of a list, and the number of the others. */
  static String listed(List<String> items, String separator) {
    String first = String.join(separator, items.subList(0, Math.min(LISTED, items.size())));
    return items.size() > LISTED ? first + separator + (items.size() - LISTED) + " more" : first;
  }
}
