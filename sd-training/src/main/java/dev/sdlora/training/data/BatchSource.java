package dev.sdlora.training.data;

/** The batches of a training run. */
@FunctionalInterface
public interface BatchSource {
  /**
   * Returns a batch, which depends only on the settings of the training and the index.
   *
   * @param index the index of the batch, from 0
   */
  Batch at(int index);
}
