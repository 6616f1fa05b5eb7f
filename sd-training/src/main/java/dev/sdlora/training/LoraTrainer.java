package dev.sdlora.training;

import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.SliderPrompts;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Trains a LoRA (Hu et al. 2021) on images with captions, or a slider on prompts, using the same
 * networks as generation. The checkpoint is never changed.
 *
 * <h2>Memory</h2>
 *
 * A training run holds its own copy of the denoiser, and of the text encoders if they are trained,
 * in {@linkplain LoraTrainerBuilder#precision its precision}. Images and captions are encoded
 * before the first step, and the autoencoder and text encoders that are not trained are freed then.
 * The steps keep the inner values of the denoiser for the gradients; {@link
 * LoraTrainerBuilder#checkpointing} keeps only the inputs of its blocks. All native memory is freed
 * when the run ends, even with an error.
 *
 * <h2>Reproducibility</h2>
 *
 * All random numbers derive from the seed and the index of the step. On the same machine with one
 * thread, the same settings give the same file except for the times in its metadata, and a training
 * run that was stopped and resumed gives the same result as an uninterrupted one. Models with less
 * than 100 million weights in the denoiser are always trained on one thread; for others, set {@code
 * OMP_NUM_THREADS=1}. With several threads, gradients may be summed in a different order, which
 * changes their last bits.
 *
 * <h2>Threads</h2>
 *
 * Immutable. Only one training can run at a time; {@link #cancel()} can be called from any thread.
 */
public final class LoraTrainer {
  private final Settings settings;
  private final AtomicReference<@Nullable TrainingRun> current = new AtomicReference<>();

  LoraTrainer(Settings settings) {
    this.settings = settings;
  }

  /**
   * {@return a builder that requires a checkpoint, an output, and images and a number of steps or
   * the prompts of a slider}
   */
  public static LoraTrainerBuilder builder() {
    return new LoraTrainerBuilder();
  }

  /**
   * Returns a builder with settings that suit a checkpoint and a number of images; all of them can
   * be overridden. For models of SD 1.5's size, they are the usual ones for one person, object or
   * style: rank 16, a learning rate of 1e-4 with cosine decay, and 100 steps per image but 1,000 to
   * 2,000 in all. Much smaller models, such as the one that comes with the examples, learn in a few
   * minutes on a processor with a higher rate and all layers. Both drop 5 % of the captions, and
   * for U-Nets weigh samples by {@link LoraTrainerBuilder#minSnrGamma} 5. U-Nets of SD 1.5's size
   * and larger are trained in bfloat16 if the processor has instructions for it, transformers
   * always; SDXL and transformers with {@link LoraTrainerBuilder#checkpointing}.
   *
   * @param checkpoint a checkpoint file or diffusers folder; only its headers are read
   * @param images the training set; only its number of images matters
   * @return a builder that lacks only an output
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint is invalid or incomplete
   */
  public static LoraTrainerBuilder recommended(Path checkpoint, TrainingSet images) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(images, "images");
    LoraTrainerBuilder builder = builder().checkpoint(checkpoint).trainingSet(images);
    return Recommendation.of(checkpoint, images.examples().size()).applyTo(builder);
  }

  /**
   * Returns a builder with settings that suit a checkpoint and a slider that is trained on prompts:
   * those of {@link #recommended(Path, TrainingSet)}, but rank 8 and the 500 steps of the published
   * trainer (Gandikota et al. 2023).
   *
   * @param checkpoint a checkpoint file or diffusers folder; only its headers are read
   * @param prompts the prompts
   * @return a builder that lacks only an output
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint is invalid or incomplete
   */
  public static LoraTrainerBuilder recommended(Path checkpoint, SliderPrompts prompts) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(prompts, "prompts");
    LoraTrainerBuilder builder = builder().checkpoint(checkpoint).slider(prompts);
    return Recommendation.of(checkpoint, 1)
        .applyTo(builder)
        .rank(8)
        .steps(SliderTraining.STEPS)
        .captions(CaptionOptions.DEFAULTS);
  }

  /** {@return the number of steps of a training run} */
  public int steps() {
    return settings.recipe().steps();
  }

  /**
   * Returns what a training run will do, without training. Reads only what is quick to read, and
   * multiplies some matrices to estimate the duration.
   *
   * @return the plan
   * @throws TrainingException if files of images are damaged or images are too small; it lists them
   */
  public TrainingPlan plan() {
    return new Planner(settings).plan();
  }

  /**
   * Trains on the calling thread and returns when the LoRA is written. If the training is cancelled
   * or its thread is interrupted, it stops after the current step and writes the LoRA of that step
   * and the state; the interrupt status stays set.
   *
   * @return the result; {@link TrainingResult#cancelled()} says whether the training was stopped
   *     early
   * @throws TrainingException if an image cannot be read, another training run writes the same
   *     output, the saved state belongs to another training run, or the loss is not finite; files
   *     written before are kept
   * @throws dev.sdlora.api.error.CheckpointException if the text encoder lacks a token of a caption
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or written
   * @throws IllegalStateException if this trainer is already running
   */
  public TrainingResult train() {
    TrainingRun run = new TrainingRun(settings);
    if (!current.compareAndSet(null, run)) {
      throw new IllegalStateException("this trainer is already running");
    }
    try {
      return run.run();
    } finally {
      current.set(null);
    }
  }

  /** Stops a training run after its current step; otherwise does nothing. */
  public void cancel() {
    TrainingRun run = current.get();
    if (run != null) {
      run.cancel();
    }
  }
}
