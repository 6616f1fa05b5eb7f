package dev.sdlora.sampler;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear multistep (Adams and Bashforth 1883) on uneven levels: a polynomial of the level
 * interpolates the slopes of the last steps, and is integrated over the step. One denoiser call per
 * step; draws no noise. Reaches the given order once there are that many slopes.
 */
final class Lms implements SamplingMethod {
  private final int order;

  /**
   * Creates the method.
   *
   * @param order the number of interpolated slopes, 1 to 4; 4 is usual
   */
  Lms(int order) {
    this.order = Checks.inRange(1, 4, order, "order");
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
      double[] nodes = new double[slopes.size()];
      for (int k = 0; k < nodes.length; k++) {
        nodes[k] = sigmas.at(i - k);
      }
      double[] weights = Interpolation.integrals(nodes, sigma, sigmas.at(i + 1), level -> 1);
      x = Latents.combine(1, x, 1, Latents.sum(weights, slopes));
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }
}
