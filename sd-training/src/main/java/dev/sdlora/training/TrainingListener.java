package dev.sdlora.training;

import java.nio.file.Path;
import java.util.List;

/**
 * Observes a training run. By default, every method does nothing. All methods are called on the
 * training thread, which waits for them; an exception ends the training.
 */
public interface TrainingListener {
  /** A listener that does nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /**
   * Called when the training starts, before images and captions are encoded.
   *
   * @param images the number of training images
   * @param steps the total number of steps, including those of an earlier run
   */
  default void start(int images, int steps) {}

  /**
   * Called after each step.
   *
   * @param progress the progress of the training
   */
  default void step(TrainingProgress progress) {}

  /**
   * Called after every tenth step and after the last one.
   *
   * @param losses the losses so far in ranges of noise levels, from low to high noise
   */
  default void noiseLevels(List<NoiseLevelLoss> losses) {}

  /**
   * Called after the loss on held-out images is measured; see {@link
   * LoraTrainerBuilder#validation}.
   *
   * @param loss the loss
   */
  default void validated(ValidationLoss loss) {}

  /**
   * Called after a LoRA is written and, unless it is the last one, the state of the training.
   *
   * @param file the LoRA
   */
  default void saved(Path file) {}

  /**
   * Called after a sample image, or a sheet of samples at several weights, is written.
   *
   * @param file the image, a PNG
   */
  default void sample(Path file) {}

  /**
   * Called when the training has ended without an error.
   *
   * @param result the result, also of a cancelled training run
   */
  default void end(TrainingResult result) {}
}
