package dev.sdlora.sampler.singlestep;

import dev.sdlora.api.value.Checks;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.List;

/**
 * Restart: Xu et al. 2023 ("Restart Sampling for Improving Generative Processes"), algorithm 1,
 * with {@link Heun} steps and A1111's choice of restart levels. From 20 steps, sampling stops near
 * level 0.1, noise raises the latent back to near level 2, and 9 steps on a Karras grid lead down
 * again; from 36 steps that happens twice, with a quarter of all steps each. In a flow, these are
 * the levels at which the noise has that ratio to the clean latent, 1/11 and 2/3. These steps are
 * part of the requested number, so the rest has a coarser Karras grid.
 *
 * <p>Two denoiser calls per step, one for the step to level 0; one draw of noise for each restart.
 * Second order between restarts.
 */
public final class Restart implements SamplingMethod {
  private static final double BOTTOM = 0.1;
  private static final double TOP = 2;
  private static final int STEPS_FOR_ONE = 20;
  private static final int STEPS_FOR_TWO = 36;
  private static final int STEPS_OF_ONE = 9;

  private final double sNoise;
  private final NoiseForm form;

  /**
   * Creates the method with fresh noise.
   *
   * @param sNoise the standard deviation of the fresh noise, at least 0; 1 is usual
   * @param form the form of the model's latents
   */
  public Restart(double sNoise, NoiseForm form) {
    this.sNoise = Checks.notNegative(sNoise, "sNoise");
    this.form = form;
  }

  /**
   * One Heun step. If it starts above the end of the previous step, noise raises the latent to its
   * start.
   */
  public record Leg(double from, double to) {}

  @Override
  public int steps(Sigmas sigmas) {
    return legs(sigmas).size();
  }

  @Override
  public float[] sample(
      Denoiser denoiser, float[] start, Sigmas sigmas, NoiseSource noise, StepObserver observer) {
    List<Leg> legs = legs(sigmas);
    float[] x = start;
    double reached = sigmas.at(0);
    for (int i = 0; i < legs.size(); i++) {
      Leg leg = legs.get(i);
      observer.stepStart(i, leg.from());
      if (leg.from() > reached) {
        x = Ancestral.raise(form, reached, leg.from()).addNoise(x, sNoise, noise);
      }
      float[] denoised = denoiser.denoise(x, leg.from());
      x = Heun.step(denoiser, x, denoised, leg.from(), leg.to());
      reached = leg.to();
      observer.stepEnd(i, leg.from(), denoised);
    }
    return x;
  }

  /** Returns all steps in order. */
  public List<Leg> legs(Sigmas sigmas) {
    int steps = sigmas.steps();
    if (steps < STEPS_FOR_ONE) {
      return down(levels(sigmas));
    }
    int times = steps < STEPS_FOR_TWO ? 1 : 2;
    int length = steps < STEPS_FOR_TWO ? STEPS_OF_ONE : steps / 4;
    double[] grid = new double[steps - times * length + 1];
    double[] karras =
        Schedules.karras(grid.length - 1, sigmas.at(0), sigmas.at(steps - 1), Schedules.KARRAS_RHO);
    System.arraycopy(karras, 0, grid, 0, karras.length);
    List<Leg> legs = down(grid);
    int bottom = nearest(grid, form.sigma(BOTTOM));
    int top = nearest(grid, form.sigma(TOP));
    if (top < bottom) {
      List<Leg> again =
          down(Schedules.karras(length + 1, grid[top], grid[bottom], Schedules.KARRAS_RHO));
      for (int time = 0; time < times; time++) {
        legs.addAll(bottom, again);
      }
    }
    return legs;
  }

  private static double[] levels(Sigmas sigmas) {
    double[] levels = new double[sigmas.steps() + 1];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = sigmas.at(i);
    }
    return levels;
  }

  private static List<Leg> down(double[] levels) {
    List<Leg> legs = new ArrayList<>();
    for (int i = 0; i + 1 < levels.length; i++) {
      legs.add(new Leg(levels[i], levels[i + 1]));
    }
    return legs;
  }

  private static int nearest(double[] levels, double wanted) {
    int nearest = 0;
    for (int i = 1; i < levels.length; i++) {
      if (Math.abs(levels[i] - wanted) < Math.abs(levels[nearest] - wanted)) {
        nearest = i;
      }
    }
    return nearest;
  }
}
