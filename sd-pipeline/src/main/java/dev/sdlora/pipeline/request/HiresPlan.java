package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.pipeline.model.Model;
import java.util.Optional;

/**
 * The second pass of hires fix and the sizes around it.
 *
 * @param settings of hires fix
 * @param from the size of the first pass
 * @param enlarged the size that covers the result, in the proportions of the first pass; its edges
 *     are cut off
 * @param pass the second pass
 */
public record HiresPlan(HiresFix settings, ImageSize from, ImageSize enlarged, PassPlan pass) {
  /**
   * Resolves the second pass of a request.
   *
   * @param first the pass before it
   */
  static HiresPlan of(Model model, PassPlan first, PromptSpec spec, HiresFix settings) {
    ImageSize from = first.size();
    ImageSize enlarged = enlarged(from, settings);
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

  /** Returns the size that covers the result, in the proportions of the first pass. */
  static ImageSize enlarged(ImageSize from, HiresFix settings) {
    if (settings.size().isEmpty()) {
      return floor(from.width() * settings.scale(), from.height() * settings.scale());
    }
    ImageSize to = settings.size().get();
    double scale =
        Math.max((double) to.width() / from.width(), (double) to.height() / from.height());
    return floor(from.width() * scale, from.height() * scale);
  }

  /**
   * Returns the size that SDXL gets as a condition: as in A1111, before it is rounded to multiples
   * of 8 and before the edges are cut off.
   */
  public static SizeConditioning.Size conditionedSize(ImageSize from, HiresFix settings) {
    int width = from.width();
    int height = from.height();
    if (settings.size().isEmpty()) {
      double scale = settings.scale();
      return new SizeConditioning.Size((int) (width * scale), (int) (height * scale));
    }
    ImageSize to = settings.size().get();
    return (long) width * to.height() < (long) to.width() * height
        ? new SizeConditioning.Size(to.width(), to.width() * height / width)
        : new SizeConditioning.Size(to.height() * width / height, to.height());
  }

  private static ImageSize floor(double width, double height) {
    // A product such as 8 · 1.1 · 10 may end just below the whole number that is meant.
    return new ImageSize(8 * (int) (width / 8 + 1e-6), 8 * (int) (height / 8 + 1e-6));
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
    settings
        .tokenMergingRatio()
        .ifPresent(
            ratio ->
                second.speedOptions(
                    spec.speedOptions().toBuilder().tokenMergingRatio(ratio).build()));
    return second.build();
  }

  /** The size of the result. */
  public ImageSize size() {
    return pass.size();
  }
}
