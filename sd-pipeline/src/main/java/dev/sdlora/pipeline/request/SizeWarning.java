package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import java.util.Optional;

/**
 * Warns of image sizes that a model was not trained for. Far above its training size, a model
 * repeats the subject; far below, it loses it. Sizes with a similar number of pixels work at any
 * aspect ratio: SDXL was also trained at 2048×512.
 */
public final class SizeWarning {
  private static final double MOST = 1.5;
  private static final double LEAST = 0.5;

  /**
   * The multiple to which suggested sizes are rounded; for small models, an eighth of the model's
   * side.
   */
  private static final int MULTIPLE = 64;

  private SizeWarning() {}

  /**
   * Returns the warning for the first pass of a request, if it needs one: a side is more than 1.5
   * times the model's and the image has more pixels, or a side is less than half the model's and
   * the image has fewer pixels. There is no warning about large images if a start image, a
   * reference image or a ControlNet guides the composition.
   *
   * @param size the size of the first pass
   * @param model the size that the model was trained for
   */
  public static Optional<String> of(PromptSpec spec, ImageSize size, ImageSize model) {
    double side = Math.sqrt(pixels(model));
    double pixels = pixels(size);
    boolean isGuided =
        spec.imageToImage().isPresent()
            || !spec.controlUnits().isEmpty()
            || !spec.referenceImages().isEmpty();
    if (!isGuided
        && pixels > pixels(model)
        && Math.max(size.width(), size.height()) > MOST * side) {
      return Optional.of(
          "%s is far above the %s that this model was trained for, so subjects may repeat; use %s and enlarge it with hires fix"
              .formatted(size, model, suited(size, side)));
    }
    if (pixels < pixels(model) && Math.min(size.width(), size.height()) < LEAST * side) {
      return Optional.of(
          "%s is far below the %s that this model was trained for, so the image may show little; use %s"
              .formatted(size, model, suited(size, side)));
    }
    return Optional.empty();
  }

  private static double pixels(ImageSize size) {
    return (double) size.width() * size.height();
  }

  /** Returns a size with the same approximate aspect ratio and as many pixels as the model's. */
  private static ImageSize suited(ImageSize size, double side) {
    double scale = side / Math.sqrt(pixels(size));
    return new ImageSize(suited(scale * size.width(), side), suited(scale * size.height(), side));
  }

  private static int suited(double length, double side) {
    int multiple = Math.max(8, Math.min(MULTIPLE, (int) side / 64 * 8));
    double bounded = Math.max(LEAST * side, Math.min(MOST * side, length));
    return Math.max(multiple, (int) Math.round(bounded / multiple) * multiple);
  }
}
