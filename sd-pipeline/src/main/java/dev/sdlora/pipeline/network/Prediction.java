package dev.sdlora.pipeline.network;

import dev.sdlora.api.model.PredictionType;
import dev.sdlora.sampler.schedule.NoiseLevels;

/**
 * What a U-Net is trained to predict of a latent {@code x = clean + sigma·noise}, and in what form
 * it sees latent and noise level.
 */
public enum Prediction {
  /** The noise, as most models do (Ho et al. 2020). */
  EPSILON(PredictionType.EPSILON, 1) {
    @Override
    public double clean(double x, double sigma, double predicted) {
      return x - sigma * predicted;
    }
  },
  /**
   * The velocity {@code a·noise - s·clean} with {@code a = 1 / sqrt(sigma² + 1)} and {@code s =
   * sigma·a} (Salimans and Ho 2022, "Progressive Distillation", appendix D).
   */
  V_PREDICTION(PredictionType.V_PREDICTION, 1) {
    @Override
    public double clean(double x, double sigma, double predicted) {
      double variance = sigma * sigma + 1;
      return x / variance - sigma / Math.sqrt(variance) * predicted;
    }
  },
  /** The clean latent itself: models that are distilled to one step. */
  SAMPLE(PredictionType.SAMPLE, 1) {
    @Override
    public double clean(double x, double sigma, double predicted) {
      return predicted;
    }
  },
  /** The velocity at any level, told as its logarithm: CosXL. */
  EDM_V(PredictionType.V_PREDICTION, 1) {
    @Override
    public double clean(double x, double sigma, double predicted) {
      return V_PREDICTION.clean(x, sigma, predicted);
    }

    @Override
    public double time(double sigma, NoiseLevels levels) {
      return quarterLog(sigma);
    }
  },
  /**
   * What is between the clean latent and the noisy one, for latents of deviation 0.5 (Karras et al.
   * 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", table 1): Playground
   * 2.5.
   */
  EDM(PredictionType.EDM, 0.5) {
    @Override
    public double clean(double x, double sigma, double predicted) {
      double variance = sigma * sigma + 0.25;
      return x * 0.25 / variance + sigma * 0.5 / Math.sqrt(variance) * predicted;
    }

    @Override
    public double time(double sigma, NoiseLevels levels) {
      return quarterLog(sigma);
    }
  };

  private final PredictionType type;
  private final double deviation;

  Prediction(PredictionType type, double deviation) {
    this.type = type;
    this.deviation = deviation;
  }

  /** Its name in the API. */
  public PredictionType type() {
    return type;
  }

  /** The factor that brings a noisy latent to unit variance, as the network sees it. */
  public double scaleIn(double sigma) {
    return 1 / Math.sqrt(sigma * sigma + deviation * deviation);
  }

  /**
   * How the network is told a noise level: as its training time.
   *
   * @param levels the noise that it was trained with
   */
  public double time(double sigma, NoiseLevels levels) {
    return levels.sigmaToTime(sigma);
  }

  private static double quarterLog(double sigma) {
    return Math.log(sigma) / 4;
  }

  /** The clean latent that a prediction stands for, number by number. */
  public abstract double clean(double x, double sigma, double predicted);
}
