package dev.sdlora.training.noise;

/**
 * A noise level, as factors: a noisy latent is {@code signal · clean + noise · noise}, and the
 * network predicts {@code targetSignal · clean + targetNoise · noise}.
 *
 * @param time the time that the network reads
 * @param signal the factor on the clean latent
 * @param noise the factor on the noise
 * @param targetSignal the factor on the clean latent in the prediction
 * @param targetNoise the factor on the noise in the prediction
 */
public record NoiseLevel(
    double time, double signal, double noise, double targetSignal, double targetNoise) {

  /** The noisy latent. */
  public float noisy(float clean, float gaussian) {
    return (float) (signal * clean + noise * gaussian);
  }

  /** The value that the network learns to predict. */
  public float target(float clean, float gaussian) {
    return (float) (targetSignal * clean + targetNoise * gaussian);
  }

  /** The signal-to-noise ratio. */
  public double snr() {
    return signal * signal / (noise * noise);
  }
}
