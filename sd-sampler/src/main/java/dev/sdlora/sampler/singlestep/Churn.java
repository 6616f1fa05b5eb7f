package dev.sdlora.sampler.singlestep;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseForm;

/**
 * Noise added before a step: Karras et al. 2022, algorithm 2, lines 4 to 6. The step then starts
 * from a higher level; in a flow, noise relative to the clean latent is raised, so that the level
 * stays below 1.
 *
 * <p>With {@code sChurn} above 0 every step draws noise once, and steps outside the range discard
 * it: A1111 does the same, and later draws depend on it.
 *
 * @param sChurn the noise over all steps, at least 0; each step adds a fraction of it, which raises
 *     the level by a factor of at most √2. At 0 nothing is drawn
 * @param sTmin the lowest level at which noise is added
 * @param sTmax the highest, may be infinite
 * @param sNoise the standard deviation of the noise, at least 0; 1 is usual
 * @param form the form of the model's latents
 */
public record Churn(double sChurn, double sTmin, double sTmax, double sNoise, NoiseForm form) {
  /** Adds no noise. */
  public static final Churn NONE =
      new Churn(0, 0, Double.POSITIVE_INFINITY, 1, NoiseForm.exploding());

  private static final double MOST = Math.sqrt(2) - 1;

  /** Checks the numbers. */
  public Churn {
    Checks.notNegative(sChurn, "sChurn");
    Checks.notNegative(sNoise, "sNoise");
  }

  /** A latent and its noise level. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Noised(float[] x, double sigma) {}

  /** Returns the latent from which a step starts, {@code x} itself if no noise is added. */
  Noised addNoise(float[] x, double sigma, int steps, NoiseSource noise) {
    if (sChurn == 0) {
      return new Noised(x, sigma);
    }
    float[] fresh = noise.next(x.length);
    double gamma = sigma >= sTmin && sigma <= sTmax ? Math.min(sChurn / steps, MOST) : 0;
    if (gamma == 0) {
      return new Noised(x, sigma);
    }
    double sigmaHat = form.sigma(form.ratio(sigma) * (1 + gamma));
    Ancestral step = Ancestral.raise(form, sigma, sigmaHat);
    return new Noised(Latents.combine(step.keep(), x, sNoise * step.up(), fresh), sigmaHat);
  }
}
