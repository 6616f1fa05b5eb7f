package dev.sdlora.pipeline.request;

import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.sampler.plan.ImageToImageSteps;
import java.util.Optional;

/**
 * Settings for changing a start latent in a pass.
 *
 * @param strength the denoising strength, 0 to 1
 * @param fixSteps whether to take all steps instead of the strength's share of them
 * @param noiseMultiplier a factor on the initial noise
 * @param content the initial content of the masked area
 * @param conditioningMaskWeight how strongly the masked area is hidden from inpainting models, 0 to
 *     1; 1 hides it completely
 */
public record Repainting(
    double strength,
    boolean fixSteps,
    double noiseMultiplier,
    MaskedContent content,
    double conditioningMaskWeight) {

  /** Returns the settings of an image-to-image request. */
  static Repainting of(ImageToImage settings) {
    Optional<Inpainting> part = settings.inpainting();
    return new Repainting(
        settings.denoisingStrength(),
        settings.fixSteps(),
        settings.noiseMultiplier(),
        part.map(Inpainting::maskedContent).orElse(MaskedContent.ORIGINAL),
        part.map(Inpainting::conditionalMaskWeight).orElse(1.0));
  }

  /** Returns the settings of the second pass of hires fix, which takes all its steps. */
  static Repainting of(HiresFix settings) {
    return new Repainting(settings.denoisingStrength(), true, 1, MaskedContent.ORIGINAL, 1);
  }

  /** Whether the latent stays unchanged. */
  boolean isNone() {
    return strength == 0;
  }

  /**
   * Returns the steps to sample. Requires a strength above 0.
   *
   * @param steps the number of steps in the request
   */
  ImageToImageSteps steps(int steps) {
    return fixSteps
        ? ImageToImageSteps.exactly(steps, strength)
        : ImageToImageSteps.share(steps, strength);
  }
}
