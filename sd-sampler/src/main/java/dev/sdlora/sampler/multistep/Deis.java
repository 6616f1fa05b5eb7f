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
 * DEIS: Zhang and Chen 2022 ("Fast Sampling of Diffusion Models with Exponential Integrator"), the
 * variant tAB in the logarithm of the level. A polynomial of that logarithm interpolates the noise
 * of the last steps, and is integrated over the step. One denoiser call per step; draws no noise.
 * Reaches the given order once there are that many predictions; below 15 steps, where the ends
 * matter more, the last two steps have order 2 and 1, and a step to level 0 always has order 1.
 *
 * <p>In a flow, the polynomial is one of the time of a variance-preserving process, see {@link
 * VpTime}, and the order falls only for a step to level 0, as in ComfyUI.
 */
public final class Deis implements SamplingMethod {
  private static final int FEW_STEPS = 15;

  private final int order;
  private final NoiseForm form;

  /**
   * Creates the method.
   *
   * @param order the number of interpolated predictions, 1 to 4; 3 is usual
   * @param form the form of the model's latents
   */
  public Deis(int order, NoiseForm form) {
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
      int used = Math.min(slopes.size(), orderAt(i, sigmas));
      if (used == 1) {
        double keep = sigmas.at(i + 1) / sigma;
        x = Latents.combine(keep, x, 1 - keep, denoised);
      } else {
        double[] weights = weights(sigmas, i, used);
        x = Latents.combine(1, x, 1, Latents.sum(weights, slopes.subList(0, used)));
      }
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  private int orderAt(int i, Sigmas sigmas) {
    int left = sigmas.steps() - i;
    if (sigmas.at(i + 1) == 0) {
      return 1;
    }
    return sigmas.steps() < FEW_STEPS && !form.isFlow() ? Math.min(order, left) : order;
  }

  private double[] weights(Sigmas sigmas, int i, int used) {
    double[] nodes = new double[used];
    if (form.isFlow()) {
      for (int k = 0; k < used; k++) {
        nodes[k] = VpTime.of(sigmas.at(i - k));
      }
      double end = VpTime.of(sigmas.at(i + 1));
      return Interpolation.sums(nodes, nodes[0], end, VpTime::slope);
    }
    for (int k = 0; k < used; k++) {
      nodes[k] = Math.log(sigmas.at(i - k));
    }
    return Interpolation.integrals(nodes, nodes[0], Math.log(sigmas.at(i + 1)), Math::exp);
  }
}
