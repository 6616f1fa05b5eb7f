package dev.sdlora.sampler.singlestep;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.Sigmas;

/** Steps that go below the next level and return to it with fresh noise, see {@link Ancestral}. */
abstract class AncestralMethod implements SamplingMethod {
  private final double eta;
  private final double sNoise;
  private final NoiseForm form;

  /**
   * Ancestral steps with a share of fresh noise.
   *
   * @param eta the share of ancestral noise, at least 0; 1 is usual
   * @param sNoise the standard deviation of the fresh noise, at least 0; 1 is usual
   * @param form the form of the model's latents
   */
  AncestralMethod(double eta, double sNoise, NoiseForm form) {
    this.eta = Checks.notNegative(eta, "eta");
    this.sNoise = Checks.notNegative(sNoise, "sNoise");
    this.form = form;
  }

  final NoiseForm form() {
    return form;
  }

  @Override
  public final float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      Ancestral step = Ancestral.split(form, sigma, sigmas.at(i + 1), eta);
      x = down(denoiser, x, denoised, sigma, step.down());
      x = step.addNoise(x, sNoise, noise);
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  /** Returns the latent at a lower level, with the prediction at the present one given. */
  abstract float[] down(
      Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaDown);
}
