package dev.sdlora.sampler.singlestep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;

/** Steps from a level, to which {@link Churn} may add noise, straight to the next. */
abstract class ChurnedMethod implements SamplingMethod {
  private final Churn churn;

  ChurnedMethod(Churn churn) {
    this.churn = churn;
  }

  @Override
  public final float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    for (int i = 0; i < sigmas.steps(); i++) {
      observer.stepStart(i, sigmas.at(i));
      Churn.Noised from = churn.addNoise(x, sigmas.at(i), sigmas.steps(), noise);
      float[] denoised = denoiser.denoise(from.x(), from.sigma());
      x = next(denoiser, from.x(), denoised, from.sigma(), sigmas.at(i + 1));
      observer.stepEnd(i, sigmas.at(i), denoised);
    }
    return x;
  }

  /** Returns the latent at the next level, with the prediction at the present one given. */
  abstract float[] next(
      Denoiser denoiser, float[] x, float[] denoised, double sigma, double sigmaNext);
}
