package dev.sdlora.training.noise;

import dev.sdlora.sampler.schedule.NoiseLevels;

/**
 * The noise of diffusion models with discrete timesteps.
 *
 * @param levels the noise levels that the model was trained on
 * @param predictsVelocity whether it predicts velocity (Salimans and Ho 2022, appendix D) instead
 *     of noise
 */
public record DiffusionProcess(NoiseLevels levels, boolean predictsVelocity)
    implements NoiseProcess {
  @Override
  public NoiseLevel at(double position) {
    int last = levels.trainingSteps() - 1;
    int time = Math.min(last, (int) (position * levels.trainingSteps()));
    double alpha = levels.alphaCumprod(time);
    double signal = Math.sqrt(alpha);
    double noise = Math.sqrt(1 - alpha);
    return predictsVelocity
        ? new NoiseLevel(time, signal, noise, -noise, signal)
        : new NoiseLevel(time, signal, noise, 0, 1);
  }
}
