package dev.sdlora.training;

import dev.sdlora.api.value.Checks;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Settings that give a good LoRA without further thought; {@link LoraTrainer#recommended} has them
 * in a builder.
 *
 * @param rank columns of each layer's factors
 * @param modules which layers are trained
 * @param steps how many
 * @param batchSize images in a step
 * @param learningRate of the U-Net
 * @param warmup steps over which it rises
 */
public record Recommendation(
    int rank, TrainedModules modules, int steps, int batchSize, double learningRate, int warmup) {

  /** Below this many weights a U-Net is a small one; SD 1.5's has 860 million. */
  private static final long SMALL = 50_000_000;

  /** What Hang et al. (2023) recommend. */
  private static final double MIN_SNR_GAMMA = 5;

  private static final double CAPTION_DROPOUT = 0.05;

  /**
   * Takes settings together.
   *
   * @param rank columns of each layer's factors
   * @param modules which layers are trained
   * @param steps how many
   * @param batchSize images in a step
   * @param learningRate of the U-Net
   * @param warmup steps over which it rises
   */
  public Recommendation {
    Objects.requireNonNull(modules, "modules");
  }

  /**
   * {@return what suits a checkpoint and a number of images; see {@link LoraTrainer#recommended}}
   *
   * @param checkpoint a checkpoint file or diffusers folder; its headers are read
   * @param pictures how many there are to learn from, at least 1
   * @throws dev.sdlora.api.error.CheckpointException if it does not hold what it should
   * @throws IllegalArgumentException if there are no images
   */
  public static Recommendation of(Path checkpoint, int pictures) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    Checks.atLeast(1, pictures, "pictures");
    ModelFiles model = CheckpointReader.read(checkpoint);
    long weights =
        model.unet().weights().values().stream()
            .mapToLong(origin -> origin.shape().stream().reduce(1L, Math::multiplyExact))
            .sum();
    if (weights < SMALL) {
      return new Recommendation(16, TrainedModules.CONVOLUTIONS, 800, 4, 2e-3, 20);
    }
    int steps = Math.max(1000, Math.min(2000, 100 * pictures));
    return new Recommendation(16, TrainedModules.LINEAR, steps, 1, 1e-4, 50);
  }

  LoraTrainerBuilder applyTo(LoraTrainerBuilder builder) {
    return builder
        .rank(rank)
        .modules(modules)
        .steps(steps)
        .batchSize(batchSize)
        .learningRate(learningRate)
        .warmup(warmup)
        .cosine(true)
        .minSnrGamma(MIN_SNR_GAMMA)
        .captionDropout(CAPTION_DROPOUT);
  }
}
