package dev.sdlora.pipeline.canvas;

import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.sampler.KeptPart;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What sampling starts from in place of noise alone.
 *
 * @param clean [channels][height / 8][width / 8] at unit variance; not to be changed
 * @param repaint as many numbers, 1 where the latent is made anew, 0 where it stays; empty where
 *     all is made anew
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, and large.
public record StartLatent(float[] clean, Optional<float[]> repaint) {

  /**
   * The same with what lies in the part to make anew before sampling.
   *
   * @param noise gives as many numbers as the latent has, for {@link MaskedContent#LATENT_NOISE}
   */
  public StartLatent filledWith(MaskedContent content, Supplier<float[]> noise) {
    return switch (content) {
      case FILL, ORIGINAL -> this;
      case LATENT_NOISE -> new StartLatent(mix(clean, noise.get()), repaint);
      case LATENT_NOTHING -> new StartLatent(mix(clean, new float[clean.length]), repaint);
    };
  }

  /** A latent with everything put back that is not made anew. */
  public float[] keepingTheRest(float[] latent) {
    return mix(clean, latent);
  }

  private float[] mix(float[] kept, float[] made) {
    return repaint.map(share -> KeptPart.blend(made, kept, share)).orElse(made);
  }
}
