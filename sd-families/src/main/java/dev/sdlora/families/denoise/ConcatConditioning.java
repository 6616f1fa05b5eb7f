package dev.sdlora.families.denoise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Torch;

/**
 * Appends channels to the noisy latent, for inpainting models (Rombach et al. 2022, section 4.5)
 * and editing models (Brooks et al. 2023). They are the same in every call and in every row that is
 * not blind.
 */
public final class ConcatConditioning implements NoisePredictor {
  private final NoisePredictor network;
  private final float[] channels;

  /**
   * Wraps a predictor.
   *
   * @param channels [count][height / 8][width / 8]; not modified
   */
  public ConcatConditioning(NoisePredictor network, float[] channels) {
    this.network = network;
    this.channels = channels;
  }

  @Override
  public NDArray predict(Batch batch, NDManager scope) {
    long height = batch.latents().getShape().get(2);
    long width = batch.latents().getShape().get(3);
    float[] rows = new float[batch.size() * channels.length];
    for (int row = 0; row < batch.size(); row++) {
      if (!batch.rows().get(row).blind()) {
        System.arraycopy(channels, 0, rows, row * channels.length, channels.length);
      }
    }
    long count = channels.length / (height * width);
    NDArray shown = Torch.floats(scope, rows, batch.size(), count, height, width);
    // The result's native memory belongs to the manager of its first operand, which is this call's.
    NDArray latents = batch.latents().concat(shown, 1);
    return network.predict(batch.withLatents(latents), scope);
  }
}
