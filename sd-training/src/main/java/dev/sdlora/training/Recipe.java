package dev.sdlora.training;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.training.data.Batches;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.OptimiserOptions;
import dev.sdlora.training.option.TimestepSampling;
import dev.sdlora.training.option.TrainingLoss;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.step.AdamW;
import dev.sdlora.training.step.LearningRate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** All settings that determine the course of a training run, except the images. */
record Recipe(
    int steps,
    int batchSize,
    int accumulation,
    ImageSize size,
    Rates rates,
    Optimisation optimisation,
    Objective objective,
    Inputs inputs,
    Computation computation,
    int clipSkip,
    long seed) {

  /** The decay rate of the average of squared gradients, the usual value for AdamW. */
  private static final double BETA2 = 0.999;

  /**
   * The learning rates and their schedule; those of the text encoders are in the order of the
   * encoders.
   */
  record Rates(double unet, List<Double> textEncoders, int warmup, LearningRateSchedule schedule) {}

  /** How gradients change weights. An averaging of 0 means none. */
  record Optimisation(
      OptimiserOptions optimiser, double weightDecay, double maxGradientNorm, double averaging) {}

  /** What is measured as the loss, and at which noise. */
  record Objective(
      TrainingLoss loss,
      OptionalDouble minSnrGamma,
      boolean debiased,
      TimestepSampling timesteps,
      double noiseOffset) {}

  /** What becomes of images and captions before they are trained on. */
  record Inputs(
      CaptionOptions captions,
      Optional<BucketOptions> buckets,
      boolean flips,
      OptionalDouble unmaskedWeight,
      double priorWeight) {}

  /** How gradients are computed. */
  record Computation(TrainingPrecision precision, boolean checkpointing) {}

  LearningRate unetRate() {
    return rate(rates.unet());
  }

  /** The learning rates of the text encoders, in the order of the encoders. */
  List<LearningRate> textEncoderRates() {
    return rates.textEncoders().stream().map(this::rate).toList();
  }

  private LearningRate rate(double peak) {
    return new LearningRate(peak, rates.warmup(), steps, rates.schedule(), 0);
  }

  AdamW.Settings optimiser() {
    return new AdamW.Settings(BETA2, optimisation.weightDecay(), optimisation.maxGradientNorm());
  }

  Batches.Settings batches(TrainedFamily family) {
    return new Batches.Settings(
        seed,
        batchSize,
        family.channels(),
        objective.noiseOffset(),
        objective.minSnrGamma(),
        inputs.captions(),
        objective.timesteps(),
        family.noise());
  }
}
