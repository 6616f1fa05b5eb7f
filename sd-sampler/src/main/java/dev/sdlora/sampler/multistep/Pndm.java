package dev.sdlora.sampler.multistep;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.SigmaRule;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.List;

/**
 * PNDM: Liu et al. 2022 ("Pseudo Numerical Methods for Diffusion Models on Manifolds"), algorithm
 * 2. Three pseudo Runge-Kutta steps, through the training time halfway, provide the slopes with
 * which {@link Plms} continues. Four denoiser calls in each of the first three steps, then one per
 * step; draws no noise.
 */
public final class Pndm implements SamplingMethod {
  private static final int STARTING_STEPS = 3;

  private final NoiseLevels levels;

  /**
   * Creates the method for a model.
   *
   * @param levels the noise that the model was trained on
   */
  public Pndm(NoiseLevels levels) {
    this.levels = levels;
  }

  @Override
  public SigmaRule levels() {
    return SigmaRule.TRAINING_TIMES;
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    float[] x = start;
    List<float[]> slopes = new ArrayList<>(); // the newest first
    for (int i = 0; i < sigmas.steps(); i++) {
      double sigma = sigmas.at(i);
      double sigmaNext = sigmas.at(i + 1);
      observer.stepStart(i, sigma);
      float[] denoised = denoiser.denoise(x, sigma);
      slopes.add(0, Latents.noise(x, denoised, sigma));
      if (slopes.size() > 4) {
        slopes.remove(4);
      }
      float[] slope =
          i < STARTING_STEPS
              ? rungeKutta(denoiser, x, slopes.get(0), sigma, sigmaNext)
              : Latents.sum(Plms.weights(slopes.size()), slopes);
      x = Latents.combine(1, x, sigmaNext - sigma, slope);
      observer.stepEnd(i, sigma, denoised);
    }
    return x;
  }

  /** Returns the mean slope of a step, from the slope at its start and three further calls. */
  private float[] rungeKutta(
      Denoiser denoiser, float[] x, float[] slope, double sigma, double sigmaNext) {
    double middle = halfWay(sigma, sigmaNext);
    float[] second = slopeAt(denoiser, Latents.combine(1, x, middle - sigma, slope), middle);
    float[] third = slopeAt(denoiser, Latents.combine(1, x, middle - sigma, second), middle);
    float[] there = Latents.combine(1, x, sigmaNext - sigma, third);
    float[] fourth = sigmaNext == 0 ? third : slopeAt(denoiser, there, sigmaNext);
    return Latents.sum(
        new double[] {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}, List.of(slope, second, third, fourth));
  }

  private static float[] slopeAt(Denoiser denoiser, float[] x, double sigma) {
    return Latents.noise(x, denoiser.denoise(x, sigma), sigma);
  }

  /**
   * Returns the level halfway between the times of two levels, at a whole time if both times are
   * whole.
   */
  private double halfWay(double sigma, double sigmaNext) {
    double time = levels.sigmaToTime(sigma);
    double way = Math.rint(time - levels.sigmaToTime(sigmaNext));
    return way < 2 ? Math.sqrt(sigma * sigmaNext) : levels.timeToSigma(time - Math.floor(way / 2));
  }
}
