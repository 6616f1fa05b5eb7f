package dev.sdlora.families.network;

import dev.sdlora.api.model.PredictionType;
import dev.sdlora.sampler.schedule.NoiseLevels;

/**
 * The quantity that a denoiser predicts for a latent {@code x = clean + sigma·noise}, with the
 * scaling of its input and its timestep.
 */
public enum Prediction {
  /** The noise, as in most models (Ho et al. 2020). */
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
  /** The clean latent itself: models distilled to one step. */
  SAMPLE(PredictionType.SAMPLE, 1) {
    @Override
    public double clean(double x, double sigma, double predicted) {
      return predicted;
    }
  },
  /** The velocity at any noise level, with the logarithm of sigma as the timestep: CosXL. */
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
   * EDM's combination of clean and noisy latent, for latents with standard deviation 0.5 (Karras et
   * al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", table 1):
   * Playground 2.5.
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
  },
  /**
   * The velocity {@code noise - clean} of a rectified flow (Liu et al. 2022), for a latent {@code x
   * = (1 - sigma)·clean + sigma·noise}. Networks take sigma itself as the time.
   */
  FLOW(PredictionType.FLOW, 1) {
    @Override
    public double clean(double x, double sigma, double predicted) {
      return x - sigma * predicted;
    }

    @Override
    public double scaleIn(double sigma) {
      return 1;
    }

    @Override
    public double time(double sigma, NoiseLevels levels) {
      return sigma;
    }
  };

  private final PredictionType type;
  private final double deviation;

  Prediction(PredictionType type, double deviation) {
    this.type = type;
    this.deviation = deviation;
  }

  /** The corresponding constant of the API. */
  public PredictionType type() {
    return type;
  }

  /** Returns the factor that scales a noisy latent to unit variance for the network. */
  public double scaleIn(double sigma) {
    return 1 / Math.sqrt(sigma * sigma + deviation * deviation);
  }

  /**
   * Returns the timestep that the network takes for a noise level.
   *
   * @param levels the noise levels it was trained with
   */
  public double time(double sigma, NoiseLevels levels) {
    return levels.sigmaToTime(sigma);
  }

  private static double quarterLog(double sigma) {
    return Math.log(sigma) / 4;
  }

  /** Returns the clean value for a prediction, element by element. */
  public abstract double clean(double x, double sigma, double predicted);
}
