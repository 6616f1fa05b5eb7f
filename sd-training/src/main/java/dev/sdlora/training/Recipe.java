package dev.sdlora.training;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.pipeline.checkpoint.UNetFiles;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.training.data.Batches;
import dev.sdlora.training.step.AdamW;
import dev.sdlora.training.step.LearningRate;
import java.util.List;
import java.util.OptionalDouble;

/** All numbers that determine the course of a training run, except the images. */
record Recipe(
    int steps,
    int batchSize,
    ImageSize size,
    Rates rates,
    double weightDecay,
    double maxGradientNorm,
    OptionalDouble minSnrGamma,
    double noiseOffset,
    double captionDropout,
    int clipSkip,
    long seed) {

  /** The decay rate of the average of squared gradients, the usual value for AdamW. */
  private static final double BETA2 = 0.999;

  /**
   * The learning rates and their schedule; those of the text encoders are in the order of the
   * encoders.
   */
  record Rates(double unet, List<Double> textEncoders, int warmup, boolean cosine) {}

  LearningRate unetRate() {
    return rate(rates.unet());
  }

  /** The learning rates of the text encoders, in the order of the encoders. */
  List<LearningRate> textEncoderRates() {
    return rates.textEncoders().stream().map(this::rate).toList();
  }

  private LearningRate rate(double peak) {
    return new LearningRate(peak, rates.warmup(), steps, rates.cosine() ? 0 : 1);
  }

  AdamW.Settings optimiser() {
    return new AdamW.Settings(BETA2, weightDecay, maxGradientNorm);
  }

  Batches.Settings batches(UNetFiles model) {
    return new Batches.Settings(
        seed,
        batchSize,
        model.unet().config().inChannels(),
        noiseOffset,
        minSnrGamma,
        captionDropout,
        model.levels().levels(),
        model.prediction() == Prediction.V_PREDICTION);
  }
}
