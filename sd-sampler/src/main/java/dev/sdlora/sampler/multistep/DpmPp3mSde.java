package dev.sdlora.sampler.multistep;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.List;

/**
 * SDE-DPM-Solver++(3M): the multistep scheme of Lu et al. 2022 ("DPM-Solver++") extended to the
 * last three predictions, as in k-diffusion. One denoiser call and one draw between levels per
 * step; a step to level 0 draws nothing and returns the prediction. With {@code eta} 0, which draws
 * nothing either, third order except for the first two steps.
 */
public final class DpmPp3mSde implements SamplingMethod {
  private final double eta;
  private final double sNoise;
  private final NoiseForm form;

  /** Creates the method with fresh noise, as {@code singlestep.AncestralMethod}. */
  public DpmPp3mSde(double eta, double sNoise, NoiseForm form) {
    this.eta = Checks.notNegative(eta, "eta");
    this.sNoise = Checks.notNegative(sNoise, "sNoise");
    this.form = form;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas whole, NoiseSource noise, StepObserver observer) {
    Sigmas sigmas = form.belowPureNoise(whole);
    float[] x = start;
    List<float[]> predictions = new ArrayList<>(); // the newest first, at most three
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      double sigmaNext = sigmas.at(i + 1);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      predictions.add(0, denoised);
      if (predictions.size() > 3) {
        predictions.remove(3);
      }
      if (sigmaNext == 0) {
        x = denoised;
      } else {
        double h = form.rise(sigma, sigmaNext);
        double signal = form.signal(sigmaNext);
        double decay = (1 + eta) * h;
        float[] data = Latents.sum(weights(sigmas, i, predictions.size(), h, decay), predictions);
        x = Latents.combine(signal / form.signal(sigma) * Math.exp(-decay), x, signal, data);
        double added = sNoise * sigmaNext * Math.sqrt(-Math.expm1(-2 * eta * h));
        if (added > 0) {
          x = Latents.combine(1, x, added, noise.between(sigma, sigmaNext, x.length));
        }
      }
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  /** Returns the weight of each prediction: the exact integrals of the divided differences. */
  private double[] weights(Sigmas sigmas, int i, int known, double h, double decay) {
    double phi1 = -Math.expm1(-decay);
    if (known == 1) {
      return new double[] {phi1};
    }
    double phi2 = 1 - phi1 / decay;
    double r0 = form.rise(sigmas.at(i - 1), sigmas.at(i)) / h;
    if (known == 2) {
      return new double[] {phi1 + phi2 / r0, -phi2 / r0};
    }
    double r1 = form.rise(sigmas.at(i - 2), sigmas.at(i - 1)) / h;
    double phi3 = phi2 / decay - 0.5;
    // first·(newest difference) + second·(the one before it)
    double curved = (phi2 * r0 - phi3) / (r0 + r1);
    double first = (phi2 + curved) / r0;
    double second = -curved / r1;
    return new double[] {phi1 + first, second - first, -second};
  }
}
