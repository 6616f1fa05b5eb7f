package dev.sdlora.api.image;

import dev.sdlora.api.value.Checks;
import java.util.Objects;

/**
 * Enlargement of finished images without denoising; A1111's "Extras". Immutable.
 *
 * @param upscaler the upscaler; it must work on images, not on latents
 * @param scale the factor for both sides, 1 to 8; 1 leaves the image unchanged
 */
public record Upscaling(Upscaler upscaler, double scale) {
  /**
   * Checks both values.
   *
   * @param upscaler the upscaler; it must work on images, because finished images have no latent
   * @param scale the factor for both sides, 1 to 8
   * @throws IllegalArgumentException if the upscaler works on latents or the scale is out of range
   */
  public Upscaling {
    Objects.requireNonNull(upscaler, "upscaler");
    if (upscaler.isLatent()) {
      throw new IllegalArgumentException(
          "upscaler must work on images, because finished images have no latent: "
              + upscaler.name());
    }
    Checks.inRange(1, 8, scale, "scale");
  }
}
