package dev.sdlora.sampler.multistep;

import dev.sdlora.api.sampling.SamplerOptions.UniPcVariant;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.SigmaRule;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.List;

/**
 * UniPC: Zhao et al. 2023, algorithms 1 to 3, data prediction, multistep. A step predicts the next
 * latent; the single denoiser call there corrects it, and serves the next step too. The last latent
 * is not corrected. Draws no noise. The order rises by one per step up to the given one, and falls
 * again so that the last step has order 1. Between them the corrector raises the order to the given
 * one plus one.
 */
public final class UniPc implements SamplingMethod {
  private final UniPcVariant variant;
  private final int order;

  /**
   * Creates one of the variants of the method.
   *
   * @param variant the function B(h)
   * @param order the order of the predictor, 1 to 4; 3 is usual
   */
  public UniPc(UniPcVariant variant, int order) {
    if (order < 1 || order > 4) {
      throw new IllegalArgumentException("order must be from 1 to 4: " + order);
    }
    this.variant = variant;
    this.order = order;
  }

  @Override
  public SigmaRule levels() {
    return SigmaRule.UNIFORM_TIMES;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    float[] predicted = start;
    List<float[]> known = new ArrayList<>(); // predictions of the clean latent, the newest first
    for (int i = 0; i < sigmas.steps(); i++) {
      observer.stepStart(i, sigmas.at(i));
      float[] denoised = denoiser.denoise(predicted, sigmas.at(i));
      if (i > 0) {
        x = step(sigmas, i - 1).correct(x, known, denoised);
      }
      known.add(0, denoised);
      if (known.size() > order) {
        known.remove(order);
      }
      predicted = step(sigmas, i).predict(x, known);
      observer.stepEnd(i, sigmas.at(i), denoised);
    }
    return predicted;
  }

  private UniPcStep step(Sigmas sigmas, int i) {
    int orderHere = Math.min(order, Math.min(i + 1, sigmas.steps() - i));
    return new UniPcStep(variant, sigmas, i, orderHere);
  }
}
