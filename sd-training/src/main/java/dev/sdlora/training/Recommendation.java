package dev.sdlora.training;

import dev.sdlora.pipeline.checkpoint.ModelFiles;

/**
 * Settings that give a good LoRA without further thought.
 *
 * @param rank of each layer's factors
 * @param modules which layers are trained
 * @param steps how many
 * @param batchSize pictures in a step
 * @param learningRate of the U-Net
 * @param warmup steps over which it rises
 */
record Recommendation(
    int rank, TrainedModules modules, int steps, int batchSize, double learningRate, int warmup) {

  /** Below this many weights a U-Net is a small one; SD 1.5's has 860 million. */
  private static final long SMALL = 50_000_000;

  /** What Hang et al. (2023) recommend. */
  private static final double MIN_SNR_GAMMA = 5;

  private static final double CAPTION_DROPOUT = 0.05;

  /** Settings for a model and a number of pictures. */
  static Recommendation of(ModelFiles model, int pictures) {
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
