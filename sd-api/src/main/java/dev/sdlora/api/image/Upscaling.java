package dev.sdlora.api.image;

import dev.sdlora.api.value.Checks;
import java.util.Objects;

/**
 * Enlarging finished images, without denoising; A1111's "Extras". Immutable.
 *
 * @param upscaler what enlarges images; not one of latents
 * @param scale factor on both sides, 1 to 8; 1 leaves them as they are
 */
public record Upscaling(Upscaler upscaler, double scale) {
  /**
   * Checks both.
   *
   * @param upscaler any but those of latents, as finished images have none
   * @param scale from 1 to 8
   * @throws IllegalArgumentException if the upscaler is one of latents or the scale out of range
   */
  public Upscaling {
    Objects.requireNonNull(upscaler, "upscaler");
    if (upscaler.isLatent()) {
      throw new IllegalArgumentException(
          "upscaler must be one of pictures, finished ones have no latent: " + upscaler.name());
    }
    Checks.inRange(1, 8, scale, "scale");
  }
}
