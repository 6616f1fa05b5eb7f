package dev.sdlora.training;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Trains a LoRA (Hu et al. 2021) on images with captions, through the networks that make images.
 * The checkpoint is never changed.
 *
 * <h2>Memory</h2>
 *
 * A training holds its own copy of the U-Net in float32, and of the text encoders when those are
 * trained; all native memory is freed when it ends, in whatever way.
 *
 * <h2>The same again</h2>
 *
 * All random numbers follow from the seed and the number of the step. On one machine and one
 * thread, which is what models with less than 100 million weights in the U-Net are trained on, and
 * others with {@code OMP_NUM_THREADS=1}, the same settings give the same file, but for the times in
 * its metadata, and a training that was stopped and resumed gives what it would have given in one
 * go. With several threads gradients may be added up in another order, which moves their last bits.
 *
 * <h2>Threads</h2>
 *
 * Immutable. One training at a time; {@link #cancel()} works from any thread.
 */
public final class LoraTrainer {
  private final Settings settings;
  private final AtomicReference<@Nullable TrainingRun> current = new AtomicReference<>();

  LoraTrainer(Settings settings) {
    this.settings = settings;
  }

  /** {@return a builder, which requires a checkpoint, images, an output and a number of steps} */
  public static LoraTrainerBuilder builder() {
    return new LoraTrainerBuilder();
  }

  /**
   * Begins a builder with settings that suit a checkpoint and a number of images; what is set
   * afterwards counts. For models of SD 1.5's size they are those that are usual for one person,
   * thing or style: rank 16, a learning rate of 1e-4 that falls along a cosine, 100 steps for each
   * image but 1,000 to 2,000 in all. Models far smaller, such as the one that comes with the
   * examples, learn in a few minutes on a processor from a larger rate and all layers. Both weigh
   * samples by {@link LoraTrainerBuilder#minSnrGamma} 5 and drop 5 % of the captions.
   *
   * @param checkpoint a checkpoint file or diffusers folder; its headers are read
   * @param pictures the training set, of which only the number of images decides
   * @return a builder that lacks an output only
   * @throws dev.sdlora.api.error.CheckpointException if it does not hold what it should
   */
  public static LoraTrainerBuilder recommended(Path checkpoint, TrainingSet pictures) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(pictures, "pictures");
    LoraTrainerBuilder builder = builder().checkpoint(checkpoint).trainingSet(pictures);
    return Recommendation.of(checkpoint, pictures.examples().size()).applyTo(builder);
  }

  /** {@return how many steps a training makes} */
  public int steps() {
    return settings.recipe().steps();
  }

  /**
   * Trains on the calling thread and returns when the LoRA is written. When it is cancelled or its
   * thread is interrupted, it stops after the step under way, and writes the LoRA of that step and
   * the state; an interrupt stays set.
   *
   * @return what came of it; {@link TrainingResult#cancelled()} says whether it was stopped
   * @throws TrainingException if an image cannot be read, the saved state is of another training,
   *     or the loss is no longer a number; what was written before stays
   * @throws dev.sdlora.api.error.CheckpointException if the text encoder lacks a token of a caption
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or written
   * @throws IllegalStateException if this trainer is training already
   */
  public TrainingResult train() {
    TrainingRun run = new TrainingRun(settings);
    if (!current.compareAndSet(null, run)) {
      throw new IllegalStateException("this trainer is training already");
    }
    try {
      return run.run();
    } finally {
      current.set(null);
    }
  }

  /** Stops a training that is under way after its current step; else does nothing. */
  public void cancel() {
    TrainingRun run = current.get();
    if (run != null) {
      run.cancel();
    }
  }
}
