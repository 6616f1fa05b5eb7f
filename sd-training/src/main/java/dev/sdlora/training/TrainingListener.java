package dev.sdlora.training;

import java.nio.file.Path;

/**
 * Watches a training. Override what is of interest; every method does nothing by default. All are
 * called on the thread that trains, which waits for them; an exception ends the training.
 */
public interface TrainingListener {
  /** Listens to nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /**
   * The training begins; images and captions are about to be encoded.
   *
   * @param pictures how many there are
   * @param steps how many steps there will be, those of an earlier run included
   */
  default void start(int pictures, int steps) {}

  /**
   * A step is done.
   *
   * @param progress where the training stands
   */
  default void step(TrainingProgress progress) {}

  /**
   * A LoRA is written, with the state of the training unless it is the last one.
   *
   * @param file the LoRA
   */
  default void saved(Path file) {}

  /**
   * A sample image is written.
   *
   * @param file the image, a PNG
   */
  default void sample(Path file) {}

  /**
   * The training has ended without an error.
   *
   * @param result what came of it, also of a cancelled one
   */
  default void end(TrainingResult result) {}
}
