package dev.sdlora.pipeline.request;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Warns of passes at sizes that a model was not trained for. Far above its training size, a model
 * repeats the subject; far below, it loses it. Sizes with a similar number of pixels work at any
 * aspect ratio: SDXL was also trained at 2048×512. Nothing is said if the {@linkplain
 * Checkpoint#isSizeKnown() training size is unknown}.
 *
 * <p>Far above means that the image has more pixels than the model's and a side is more than 1.5
 * times the model's, or exactly 1.5 times while the other is longer than the model's, too: for SD
 * 1.5, 768×768 is far above, and the usual 512×768 is not. Far below means that the image has fewer
 * pixels and a side is at most half the model's.
 *
 * <p>An image that a pass starts from keeps the composition, except at high denoising strengths and
 * with models that {@linkplain Checkpoint#suitsHiresFix() do not suit hires fix}.
 */
public final class SizeWarning {
  private static final double MOST = 1.5;
  private static final double LEAST = 0.5;

  /** The highest denoising strength at which a pass keeps the composition of its start image. */
  private static final double KEEPING = 0.75;

  /**
   * The multiple to which suggested sizes are rounded; for small models, an eighth of the model's
   * side.
   */
  private static final int MULTIPLE = 64;

  private final Checkpoint model;
  private final double side;

  private SizeWarning(Checkpoint model) {
    this.model = model;
    this.side = Math.sqrt(pixels(model.defaultSize()));
  }

  /** Returns the warnings about the sizes of all passes of a part, each size once. */
  public static List<String> of(RequestPart part, Checkpoint model) {
    SizeWarning sizes = new SizeWarning(model);
    ImageSize first = part.first().size();
    List<String> warnings = new ArrayList<>();
    sizes.ofFirst(part.spec(), first).ifPresent(warnings::add);
    part.hires()
        .flatMap(hires -> sizes.ofHires(hires.settings(), first, hires.size()))
        .ifPresent(warnings::add);
    for (DetailPlan detail : part.details()) {
      detail.passes().stream()
          .map(PassPlan::size)
          .filter(size -> !size.equals(first) && !size.equals(part.size()))
          .findFirst()
          .flatMap(size -> sizes.ofDetail(detail.detail(), size))
          .ifPresent(warnings::add);
    }
    return warnings.stream().distinct().toList();
  }

  /**
   * Returns the warning about the first pass of a request. Large images are fine if a start image,
   * a reference image or a ControlNet guides the composition.
   */
  static Optional<String> ofFirst(PromptSpec spec, ImageSize size, Checkpoint model) {
    return new SizeWarning(model).ofFirst(spec, size);
  }

  /** Returns the warning about the second pass of hires fix, from one size to another. */
  static Optional<String> ofHires(HiresFix fix, ImageSize from, ImageSize to, Checkpoint model) {
    return new SizeWarning(model).ofHires(fix, from, to);
  }

  private Optional<String> ofFirst(PromptSpec spec, ImageSize size) {
    boolean isGuided =
        spec.imageToImage().map(ImageToImage::denoisingStrength).map(this::keeps).orElse(false)
            || !spec.controlUnits().isEmpty()
            || !spec.referenceImages().isEmpty();
    if (isFarAbove(size) && !isGuided) {
      return Optional.of(
          "%s is far above the %s that this model was trained for, so subjects may repeat; use %s and enlarge it with %s"
              .formatted(
                  size,
                  model.defaultSize(),
                  suited(size),
                  model.suitsHiresFix() ? "hires fix" : "an upscaler, not hires fix"));
    }
    if (isFarBelow(size)) {
      return Optional.of(
          "%s is far below the %s that this model was trained for, so the image may show little; use %s"
              .formatted(size, model.defaultSize(), suited(size)));
    }
    return Optional.empty();
  }

  /** A prompt of its own may be one that names no subject to repeat. */
  private Optional<String> ofHires(HiresFix fix, ImageSize from, ImageSize to) {
    if (!model.suitsHiresFix()) {
      return to.equals(from) || fix.prompt().isPresent()
          ? Optional.empty()
          : Optional.of(
              "hires fix draws at %s with a model that was trained for %s alone, so subjects repeat; enlarge the image with an upscaler instead of hires fix"
                  .formatted(to, model.defaultSize()));
    }
    return isFarAbove(to) && !keeps(fix.denoisingStrength())
        ? Optional.of(
            "hires fix draws most of the image anew at %s, far above the %s that this model was trained for, so subjects may repeat; use a denoising strength of at most %s for it"
                .formatted(to, model.defaultSize(), KEEPING))
        : Optional.empty();
  }

  private Optional<String> ofDetail(DetailPass detail, ImageSize size) {
    boolean above = isFarAbove(size) && !keeps(detail.denoisingStrength());
    return above || isFarBelow(size)
        ? Optional.of(
            "detail pass '%s' draws at %s, far %s the %s that this model was trained for, so it may %s; use %s"
                .formatted(
                    detail.detector(),
                    size,
                    above ? "above" : "below",
                    model.defaultSize(),
                    above ? "repeat subjects" : "show little",
                    suited(size)))
        : Optional.empty();
  }

  private boolean keeps(double strength) {
    return model.suitsHiresFix() && strength <= KEEPING;
  }

  private boolean isFarAbove(ImageSize size) {
    int longer = Math.max(size.width(), size.height());
    int shorter = Math.min(size.width(), size.height());
    return model.isSizeKnown()
        && pixels(size) > pixels(model.defaultSize())
        && (longer > MOST * side || (longer == MOST * side && shorter > side));
  }

  private boolean isFarBelow(ImageSize size) {
    return model.isSizeKnown()
        && pixels(size) < pixels(model.defaultSize())
        && Math.min(size.width(), size.height()) <= LEAST * side;
  }

  private static double pixels(ImageSize size) {
    return (double) size.width() * size.height();
  }

  /**
   * Returns a size with the same approximate aspect ratio and as many pixels as the model's, which
   * is neither far above nor far below it.
   */
  private ImageSize suited(ImageSize size) {
    double scale = side / Math.sqrt(pixels(size));
    return new ImageSize(suited(scale * size.width()), suited(scale * size.height()));
  }

  private int suited(double length) {
    int multiple = Math.max(8, Math.min(MULTIPLE, (int) side / 64 * 8));
    double bounded = Math.max(LEAST * side + multiple, Math.min(MOST * side - multiple, length));
    return Math.max(multiple, (int) Math.round(bounded / multiple) * multiple);
  }
}
