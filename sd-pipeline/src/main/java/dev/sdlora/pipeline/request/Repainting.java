package dev.sdlora.pipeline.request;

import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.sampler.ImageToImageSteps;
import java.util.Optional;

/**
 * How a pass treats a latent that it starts from.
 *
 * @param strength how much may change, from 0 for nothing to 1
 * @param fixSteps whether all steps are made, rather than the strength's share of them
 * @param noiseMultiplier factor on the noise that is added first
 * @param content what lies in a masked place before sampling
 * @param conditioningMaskWeight how far inpainting models are kept from seeing what is masked, from
 *     0 to 1 for not at all
 */
public record Repainting(
    double strength,
    boolean fixSteps,
    double noiseMultiplier,
    MaskedContent content,
    double conditioningMaskWeight) {

  /** Repainting of a request that starts from an image. */
  static Repainting of(ImageToImage settings) {
    Optional<Inpainting> part = settings.inpainting();
    return new Repainting(
        settings.denoisingStrength(),
        settings.fixSteps(),
        settings.noiseMultiplier(),
        part.map(Inpainting::maskedContent).orElse(MaskedContent.ORIGINAL),
        part.map(Inpainting::conditionalMaskWeight).orElse(1.0));
  }

  /** Repainting of the second pass of hires fix, which makes all its steps. */
  static Repainting of(HiresFix settings) {
    return new Repainting(settings.denoisingStrength(), true, 1, MaskedContent.ORIGINAL, 1);
  }

  /** Whether the latent stays as it is. */
  boolean isNone() {
    return strength == 0;
  }

  /**
   * Which part of the way is made; not where nothing changes.
   *
   * @param steps what the request says
   */
  ImageToImageSteps steps(int steps) {
    return fixSteps
        ? ImageToImageSteps.exactly(steps, strength)
        : ImageToImageSteps.share(steps, strength);
  }
}
