package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.pipeline.model.Model;
import java.util.Optional;

/**
 * The second pass of hires fix and its sizes.
 *
 * @param settings the hires fix settings
 * @param from the size of the first pass
 * @param enlarged the size to which the first pass is enlarged; it covers the result, keeps the
 *     aspect ratio of the first pass, and is cropped at the edges
 * @param pass the second pass
 */
public record HiresPlan(HiresFix settings, ImageSize from, ImageSize enlarged, PassPlan pass) {
  /**
   * Resolves the second pass of a request.
   *
   * @param first the first pass
   */
  static HiresPlan of(Model model, PassPlan first, PromptSpec spec, HiresFix settings) {
    ImageSize from = first.size();
    ImageSize enlarged = enlarged(from, settings, model.family().sizeMultiple());
    PromptSpec second = second(spec, settings);
    PassSampling sampling =
        PassSampling.of(
            model, second, settings.size().orElse(enlarged), Optional.of(Repainting.of(settings)));
    return new HiresPlan(
        settings,
        from,
        enlarged,
        first.followedBy(model, second, sampling, conditionedSize(from, settings)));
  }

  /**
   * Returns the enlarged size, which covers the result and keeps the aspect ratio of the first
   * pass.
   *
   * @param multiple the number that its sides must be multiples of
   */
  static ImageSize enlarged(ImageSize from, HiresFix settings, int multiple) {
    if (settings.size().isEmpty()) {
      return floor(from.width() * settings.scale(), from.height() * settings.scale(), multiple);
    }
    ImageSize to = settings.size().get();
    double scale =
        Math.max((double) to.width() / from.width(), (double) to.height() / from.height());
    return floor(from.width() * scale, from.height() * scale, multiple);
  }

  /**
   * Returns the size that conditions SDXL. As in A1111, this is the size before rounding to
   * multiples of 8 and before cropping.
   */
  public static PixelSize conditionedSize(ImageSize from, HiresFix settings) {
    int width = from.width();
    int height = from.height();
    if (settings.size().isEmpty()) {
      double scale = settings.scale();
      return new PixelSize((int) (width * scale), (int) (height * scale));
    }
    ImageSize to = settings.size().get();
    return (long) width * to.height() < (long) to.width() * height
        ? new PixelSize(to.width(), to.width() * height / width)
        : new PixelSize(to.height() * width / height, to.height());
  }

  private static ImageSize floor(double width, double height, int multiple) {
    // In floating point, a product such as 8 · 1.1 · 10 may be slightly below the integer it
    // represents.
    return new ImageSize(
        multiple * (int) (width / multiple + 1e-6), multiple * (int) (height / multiple + 1e-6));
  }

  private static PromptSpec second(PromptSpec spec, HiresFix settings) {
    PromptSpec.Builder second =
        spec.toBuilder()
            .noHiresFix()
            .prompt(settings.prompt().orElse(spec.prompt()))
            .negativePrompt(settings.negativePrompt().orElse(spec.negativePrompt()))
            .steps(settings.steps().orElse(spec.steps()));
    settings.sampler().ifPresent(second::sampler);
    settings.schedule().ifPresent(second::schedule);
    settings.cfgScale().ifPresent(second::cfgScale);
    settings.distilledGuidance().ifPresent(second::distilledGuidance);
    settings
        .tokenMergingRatio()
        .ifPresent(
            ratio ->
                second.speedOptions(
                    spec.speedOptions().toBuilder().tokenMergingRatio(ratio).build()));
    return second.build();
  }

  /** Returns the size of the result. */
  public ImageSize size() {
    return pass.size();
  }
}
