package dev.sdlora.pipeline.network;

import dev.sdlora.api.PredictionType;

/**
 * What a U-Net is trained to predict of a latent {@code x = clean + sigma·noise}, which it sees
 * scaled to unit variance.
 */
public enum Prediction {
  /** The noise, as most models do (Ho et al. 2020). */
  EPSILON(PredictionType.EPSILON) {
    @Override
    public double clean(double x, double sigma, double predicted) {
      return x - sigma * predicted;
    }
  },
  /**
   * The velocity {@code a·noise - s·clean} with {@code a = 1 / sqrt(sigma² + 1)} and {@code s =
   * sigma·a} (Salimans and Ho 2022, "Progressive Distillation", appendix D).
   */
  V_PREDICTION(PredictionType.V_PREDICTION) {
    @Override
    public double clean(double x, double sigma, double predicted) {
      double variance = sigma * sigma + 1;
      return x / variance - sigma / Math.sqrt(variance) * predicted;
    }
  };

  private final PredictionType type;

  Prediction(PredictionType type) {
    this.type = type;
  }

  /** Its name in the API. */
  public PredictionType type() {
    return type;
  }

  /** The clean latent that a prediction stands for, number by number. */
  public abstract double clean(double x, double sigma, double predicted);
}
