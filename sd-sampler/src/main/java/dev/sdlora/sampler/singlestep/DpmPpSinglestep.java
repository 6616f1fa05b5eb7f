package dev.sdlora.sampler.singlestep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * DPM-Solver++(2S) and (3S) on given levels: Lu et al. 2022 ("DPM-Solver++"), algorithm 1, data
 * prediction, midpoint rule. Groups of two or three steps start from the same latent: the first
 * step is first order, the second step second order, the third step third order. One denoiser call
 * per step; draws no noise. The last step has order 1.
 */
public final class DpmPpSinglestep implements SamplingMethod {
  private final int order;

  /**
   * Creates the method.
   *
   * @param order the number of steps that start from the same latent: 2 or 3
   */
  public DpmPpSinglestep(int order) {
    if (order < 2 || order > 3) {
      throw new IllegalArgumentException("order must be 2 or 3: " + order);
    }
    this.order = order;
  }

  /** Returns the order of each step: 1 2 3 1 2 3 …; the last is 1. */
  int[] orders(int steps) {
    int[] orders = new int[steps];
    Arrays.setAll(orders, i -> i % order + 1);
    orders[steps - 1] = 1;
    return orders;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    int[] orders = orders(sigmas.steps());
    float[] x = start;
    float[] from = start; // the start of the group
    List<float[]> known = new ArrayList<>(); // the predictions of the group, in order
    for (int i = 0; i < orders.length; i++) {
      double sigma = sigmas.at(i);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      if (orders[i] == 1) {
        from = x;
        known.clear();
      }
      known.add(denoised);
      x = step(from, known, sigmas, i);
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  /**
   * Steps from the start of the group to the end of step {@code i}; the order is the number of
   * predictions.
   */
  private static float[] step(float[] from, List<float[]> known, Sigmas sigmas, int i) {
    int last = known.size() - 1;
    double sigmaFrom = sigmas.at(i - last);
    double keep = sigmas.at(i + 1) / sigmaFrom;
    float[] first = known.get(0);
    if (last == 0) {
      return Latents.combine(keep, from, 1 - keep, first);
    }
    double h = Math.log(sigmaFrom / sigmas.at(i + 1));
    double place = Math.log(sigmaFrom / sigmas.at(i)) / h; // the place of the last prediction
    double change = last == 1 ? (1 - keep) / 2 : 1 - (1 - keep) / h;
    double weight = change / place;
    return Latents.combine(keep, from, 1 - keep - weight, first, weight, known.get(last));
  }
}
