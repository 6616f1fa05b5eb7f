package dev.sdlora.sampler.singlestep;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.SigmaRule;
import dev.sdlora.sampler.schedule.NoiseForm;

/**
 * DDIM: Song et al. 2020 ("Denoising Diffusion Implicit Models"), equations 12 and 16. One denoiser
 * call per step; one draw of noise per step if {@code eta} is above 0, except for a last step to
 * level 0. First order. On the same levels this equals {@link EulerAncestral} with the same {@code
 * eta}.
 */
public final class Ddim extends AncestralMethod {
  /*
   * The paper's latent y has a = 1 / (1 + sigma²) of the signal left; samplers here work on
   * x = y / sqrt(a). Equation 12 predicts the noise e, and with denoised = x - sigma·e it reads
   *
   *   yNext = sqrt(aNext)·denoised + sqrt(1 - aNext - s²)·e + s·noise
   *   xNext = denoised + sqrt(sigmaNext² - sigmaUp²)·e + sigmaUp·noise,   sigmaUp = s / sqrt(aNext)
   *
   * because (1 - aNext) / aNext = sigmaNext². Equation 16 is
   *
   *   s = eta·sqrt((1 - aNext) / (1 - a))·sqrt(1 - a / aNext)
   *
   * with 1 - a = sigma² / (1 + sigma²) and a / aNext = (1 + sigmaNext²) / (1 + sigma²), so that
   *
   *   sigmaUp² = eta²·sigmaNext²·(1 + sigma²) / sigma²·(sigma² - sigmaNext²) / (1 + sigma²)
   *            = eta²·sigmaNext²·(1 - sigmaNext² / sigma²).
   *
   * At eta 0 a step is an Euler step; else it is the ancestral one, which the paper's form hides.
   */

  /**
   * Creates DDIM with a fraction of fresh noise.
   *
   * @param eta the fraction, from 0 (none, A1111's default) to 1 (as much as in DDPM)
   */
  public Ddim(double eta) {
    super(Checks.inRange(0.0, 1.0, eta, "eta"), 1, NoiseForm.exploding());
  }

  @Override
  public SigmaRule levels() {
    return SigmaRule.TRAINING_TIMES;
  }

  @Override
  float[] down(Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaDown) {
    return Euler.step(x, denoised, sigma, sigmaDown);
  }
}
