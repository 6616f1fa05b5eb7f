package dev.sdlora.sampler.singlestep;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.SigmaRule;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * DDIM with CFG++: Chung et al. 2024, algorithm 2. A step starts from the guided prediction but
 * continues along the noise of the unconditional one, and A1111 divides the guidance scale by 12.5.
 * One call for both predictions per step; noise as {@link Ddim}. First order.
 */
public final class DdimCfgPp implements SamplingMethod {
  /** The factor of the guidance scale; a scale of 12.5 uses only the prediction for the prompt. */
  private static final double GUIDANCE = 1 / 12.5;

  private final double eta;

  /** Creates the method with a fraction of fresh noise, as {@link Ddim#Ddim}. */
  public DdimCfgPp(double eta) {
    this.eta = Checks.inRange(0.0, 1.0, eta, "eta");
  }

  @Override
  public SigmaRule levels() {
    return SigmaRule.TRAINING_TIMES;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      observer.stepStart(i, sigma);
      Denoiser.Sides sides = denoiser.denoiseSides(x, sigma);
      float[] denoised = Latents.combine(GUIDANCE, sides.denoised(), 1 - GUIDANCE, sides.uncond());
      // denoised + down·(x - uncond)/sigma
      Ancestral step = Ancestral.split(sigma, sigmas.at(i + 1), eta);
      double keep = step.down() / sigma;
      x = Latents.combine(1, denoised, keep, x, -keep, sides.uncond());
      x = step.addNoise(x, 1, noise);
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }
}
