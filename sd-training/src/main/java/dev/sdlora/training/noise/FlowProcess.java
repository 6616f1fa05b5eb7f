package dev.sdlora.training.noise;

import java.util.OptionalDouble;

/**
 * The noise of rectified flows (Liu et al. 2022): a latent at sigma is {@code (1 - sigma) · clean +
 * sigma · noise}, and the network predicts {@code noise - clean}.
 *
 * @param shift the shift of noise levels for all sizes; empty for FLUX's, {@code exp(mu)} with mu
 *     on the line through 0.5 for 256 tokens and 1.15 for 4096
 * @param patch the positions of a latent in a token along each side
 */
public record FlowProcess(OptionalDouble shift, int patch) implements NoiseProcess {
  private static final double LEAST_MU = 0.5;
  private static final double MOST_MU = 1.15;
  private static final double LEAST_TOKENS = 256;
  private static final double MOST_TOKENS = 4096;

  @Override
  public NoiseLevel at(double position) {
    return new NoiseLevel(position, 1 - position, position, -1, 1);
  }

  @Override
  public OptionalDouble resolutionShift(int rows, int columns) {
    if (shift.isPresent()) {
      return shift;
    }
    double tokens = (double) rows * columns / (patch * patch);
    double slope = (MOST_MU - LEAST_MU) / (MOST_TOKENS - LEAST_TOKENS);
    return OptionalDouble.of(Math.exp(LEAST_MU + slope * (tokens - LEAST_TOKENS)));
  }

  @Override
  public boolean predictsVelocity() {
    return true;
  }
}
