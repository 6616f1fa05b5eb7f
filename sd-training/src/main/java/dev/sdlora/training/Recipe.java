package dev.sdlora.training;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.training.data.Batches;
import dev.sdlora.training.step.AdamW;
import dev.sdlora.training.step.LearningRate;
import java.util.List;
import java.util.OptionalDouble;

/** How a training goes about it: all numbers that decide its course, apart from the images. */
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

  /** Decay rate of the squared gradients' average, as usual for AdamW. */
  private static final double BETA2 = 0.999;

  /** The learning rates, those of the text encoders in the order of these, and their course. */
  record Rates(double unet, List<Double> textEncoders, int warmup, boolean cosine) {}

  LearningRate unetRate() {
    return rate(rates.unet());
  }

  /** Those of the text encoders in the order of these. */
  List<LearningRate> textEncoderRates() {
    return rates.textEncoders().stream().map(this::rate).toList();
  }

  private LearningRate rate(double peak) {
    return new LearningRate(peak, rates.warmup(), steps, rates.cosine() ? 0 : 1);
  }

  AdamW.Settings optimiser() {
    return new AdamW.Settings(BETA2, weightDecay, maxGradientNorm);
  }

  Batches.Settings batches(ModelFiles model) {
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
