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
 * Linear multistep (Adams and Bashforth 1883) on uneven levels: a polynomial of the level
 * interpolates the slopes of the last steps, and is integrated over the step. One denoiser call per
 * step; draws no noise. Reaches the given order once there are that many slopes. In a flow, a step
 * to level 0 returns the prediction, as in ComfyUI.
 */
public final class Lms implements SamplingMethod {
  private final int order;
  private final NoiseForm form;

  /**
   * Creates the method.
   *
   * @param order the number of interpolated slopes, 1 to 4; 4 is usual
   * @param form the form of the model's latents
   */
  public Lms(int order, NoiseForm form) {
    this.order = Checks.inRange(1, 4, order, "order");
    this.form = form;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    List<float[]> slopes = new ArrayList<>(); // the newest first
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      slopes.add(0, Latents.noise(x, denoised, sigma));
      if (slopes.size() > order) {
        slopes.remove(order);
      }
      x =
          form.isFlow() && sigmas.at(i + 1) == 0
              ? denoised
              : Latents.combine(1, x, 1, Latents.sum(weights(sigmas, i, slopes.size()), slopes));
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  private static double[] weights(Sigmas sigmas, int i, int used) {
    double[] nodes = new double[used];
    for (int k = 0; k < used; k++) {
      nodes[k] = sigmas.at(i - k);
    }
    return Interpolation.integrals(nodes, sigmas.at(i), sigmas.at(i + 1), level -> 1);
  }
}
