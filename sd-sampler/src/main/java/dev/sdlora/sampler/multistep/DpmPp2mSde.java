package dev.sdlora.sampler.multistep;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.Sigmas;

/**
 * SDE-DPM-Solver++(2M): Lu et al. 2022 ("DPM-Solver++"), appendix, data prediction. One denoiser
 * call and one draw between levels per step; a step to level 0 draws nothing and returns the
 * prediction. With {@code eta} 0, which draws nothing either, second order except for the first
 * step.
 *
 * <p>With {@code h} the step in the log-SNR, the exact solution for a constant prediction keeps
 * {@code exp(-h - eta·h)} of the latent; a linearly changing prediction adds a term that the
 * midpoint rule approximates and the Heun variant integrates.
 */
public final class DpmPp2mSde implements SamplingMethod {
  /** The treatment of the change of the prediction over a step. */
  public enum Solver {
    MIDPOINT,
    HEUN
  }

  private final double eta;
  private final double sNoise;
  private final NoiseForm form;
  private final Solver solver;

  /** Creates the method with fresh noise, as {@code singlestep.AncestralMethod}. */
  public DpmPp2mSde(double eta, double sNoise, NoiseForm form, Solver solver) {
    this.eta = Checks.notNegative(eta, "eta");
    this.sNoise = Checks.notNegative(sNoise, "sNoise");
    this.form = form;
    this.solver = solver;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas whole, NoiseSource noise, StepObserver observer) {
    Sigmas sigmas = form.belowPureNoise(whole);
    float[] x = start;
    float[] previous = start; // replaced before its first use, in the second step
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      double sigmaNext = sigmas.at(i + 1);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      if (sigmaNext == 0) {
        x = denoised;
      } else {
        double h = form.rise(sigma, sigmaNext);
        double signal = form.signal(sigmaNext);
        double decay = (1 + eta) * h;
        double change = i == 0 ? 0 : slopeWeight(decay) * h / form.rise(sigmas.at(i - 1), sigma);
        x =
            Latents.combine(
                signal / form.signal(sigma) * Math.exp(-decay),
                x,
                signal * (change - Math.expm1(-decay)),
                denoised,
                -signal * change,
                previous);
        double added = sNoise * sigmaNext * Math.sqrt(-Math.expm1(-2 * eta * h));
        if (added > 0) {
          x = Latents.combine(1, x, added, noise.between(sigma, sigmaNext, x.length));
        }
      }
      previous = denoised;
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  /** Returns the weight of the prediction's change, for a change as fast as over this step. */
  private double slopeWeight(double decay) {
    return switch (solver) {
      case MIDPOINT -> -Math.expm1(-decay) / 2;
      case HEUN -> Math.expm1(-decay) / decay + 1;
    };
  }
}
