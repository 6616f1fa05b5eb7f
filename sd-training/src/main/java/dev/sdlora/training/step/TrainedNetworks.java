package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.Captions;
import java.util.Map;

/**
 * The frozen networks of a checkpoint, which compute the gradients of an adapter. Their weights
 * live as long as the owner of the native memory. Not safe for use by several threads.
 */
public interface TrainedNetworks {
  /** The name of the loss among gradients. */
  String LOSS = "loss";

  /** The name of the errors of all members, without their importance, among gradients: [batch]. */
  String ERRORS = "errors";

  /** The frozen weights by their {@link JointNames}; read-only. */
  Map<String, NDArray> weights();

  /**
   * Replaces the captions.
   *
   * @param captions those of the next batches, encoded as the first ones were
   */
  void use(Captions captions);

  /**
   * Computes the loss of a batch and its gradient for every tensor of the adapter that requires
   * one.
   *
   * @param batch latents and targets of one image size
   * @param adapter the factors and scales of the adapter, by their {@link JointNames}
   * @param scope the manager that will own the results
   * @return gradients by name, {@value #LOSS} and {@value #ERRORS}
   */
  Map<String, NDArray> gradients(Batch batch, Map<String, NDArray> adapter, NDManager scope);

  /**
   * Predicts the noise or velocity of a batch without an adapter, recording no gradients.
   *
   * @param batch latents of one image size with their times, captions and sizes; the rest is
   *     ignored
   * @return [batch][channels][height][width]
   */
  float[] predict(Batch batch);
}
