package dev.sdlora.training;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.value.Checks;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.TrainedModules;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.recipe.Recipe;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * Recommended training settings for a good LoRA; {@link LoraTrainer#recommended} returns a builder
 * with them.
 *
 * @param rank the number of columns of each layer's factors
 * @param modules the layers to train
 * @param steps the number of steps
 * @param batchSize the number of images in a step
 * @param learningRate the learning rate of the U-Net
 * @param warmup the number of steps over which it rises
 * @param minSnrGamma the bound on the signal-to-noise ratio; empty for rectified flows
 * @param precision the dtype of the frozen networks
 * @param checkpointing whether blocks are computed again for their gradients, to save memory
 */
public record Recommendation(
    int rank,
    TrainedModules modules,
    int steps,
    int batchSize,
    double learningRate,
    int warmup,
    OptionalDouble minSnrGamma,
    TrainingPrecision precision,
    boolean checkpointing) {

  /** A U-Net with fewer weights is small; SD 1.5's has 860 million. */
  private static final long SMALL = 50_000_000;

  /** The value that Hang et al. (2023) recommend. */
  private static final double MIN_SNR_GAMMA = 5;

  /** The share of captions that are replaced by the empty caption. */
  public static final double CAPTION_DROPOUT = 0.05;

  /**
   * Creates a recommendation.
   *
   * @param rank the number of columns of each layer's factors
   * @param modules the layers to train
   * @param steps the number of steps
   * @param batchSize the number of images in a step
   * @param learningRate the learning rate of the U-Net
   * @param warmup the number of steps over which it rises
   * @param minSnrGamma the bound on the signal-to-noise ratio; empty for rectified flows
   * @param precision the dtype of the frozen networks
   * @param checkpointing whether blocks are computed again for their gradients, to save memory
   */
  public Recommendation {
    Objects.requireNonNull(modules, "modules");
    Objects.requireNonNull(minSnrGamma, "minSnrGamma");
    Objects.requireNonNull(precision, "precision");
  }

  /**
   * {@return settings for a checkpoint and a number of images; see {@link LoraTrainer#recommended}}
   *
   * @param checkpoint a checkpoint file or diffusers folder; only its headers are read
   * @param images the number of training images, at least 1
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint is invalid or incomplete
   * @throws IllegalArgumentException if there are no images
   */
  public static Recommendation of(Path checkpoint, int images) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    Checks.atLeast(1, images, "images");
    ModelFiles model = CheckpointReader.open(checkpoint, CheckpointParts.DEFAULT);
    long weights = model.size();
    boolean isFlow = model instanceof TransformerModel;
    OptionalDouble gamma = isFlow ? OptionalDouble.empty() : OptionalDouble.of(MIN_SNR_GAMMA);
    if (weights < SMALL) {
      return new Recommendation(
          16,
          TrainedModules.CONVOLUTIONS,
          800,
          4,
          2e-3,
          20,
          gamma,
          TrainingPrecision.FLOAT32,
          false);
    }
    int steps = Math.max(1000, Math.min(2000, 100 * images));
    Recipe.Computation computation =
        isFlow
            ? new Recipe.Computation(TrainingPrecision.BFLOAT16, true)
            : Recipe.Computation.recommended(weights);
    return new Recommendation(
        16,
        TrainedModules.LINEAR,
        steps,
        1,
        1e-4,
        50,
        gamma,
        computation.precision(),
        computation.checkpointing());
  }

  LoraTrainerBuilder applyTo(LoraTrainerBuilder builder) {
    minSnrGamma.ifPresent(builder::minSnrGamma);
    return builder
        .rank(rank)
        .modules(modules)
        .steps(steps)
        .batchSize(batchSize)
        .learningRate(learningRate)
        .warmup(warmup)
        .schedule(LearningRateSchedule.COSINE)
        .precision(precision)
        .checkpointing(checkpointing)
        .captions(CaptionOptions.DEFAULTS.withDropout(CAPTION_DROPOUT));
  }
}
