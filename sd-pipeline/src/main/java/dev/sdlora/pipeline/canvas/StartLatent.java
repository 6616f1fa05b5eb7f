package dev.sdlora.pipeline.canvas;

import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.sampler.plan.KeptPart;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The latent from which sampling starts instead of pure noise.
 *
 * @param clean [channels][height / 8][width / 8] at unit variance; must not be modified
 * @param repaint of the same length, 1 where the latent is regenerated, 0 where it is preserved;
 *     empty if everything is regenerated
 */
@SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
public record StartLatent(float[] clean, Optional<float[]> repaint) {

  /**
   * Returns a copy with initial content in the part to regenerate.
   *
   * @param noise returns noise of the latent's length, for {@link MaskedContent#LATENT_NOISE}
   */
  public StartLatent filledWith(MaskedContent content, Supplier<float[]> noise) {
    return switch (content) {
      case FILL, ORIGINAL -> this;
      case LATENT_NOISE -> new StartLatent(mix(clean, noise.get()), repaint);
      case LATENT_NOTHING -> new StartLatent(mix(clean, new float[clean.length]), repaint);
    };
  }

  /** Returns a latent in which everything outside the regenerated part is restored. */
  public float[] keepingTheRest(float[] latent) {
    return mix(clean, latent);
  }

  private float[] mix(float[] kept, float[] made) {
    return repaint.map(share -> KeptPart.blend(made, kept, share)).orElse(made);
  }
}
