package dev.sdlora.pipeline.denoise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.pipeline.conditioning.Conditioning;
import dev.sdlora.pipeline.network.AddedConditions;
import java.util.List;

/**
 * Runs the U-Net; the one place where sampling does. What else a network reads beside latent, time
 * and text, such as the channels of an inpainting model or the residuals of a ControlNet, is added
 * by the predictor.
 */
@FunctionalInterface
public interface NoisePredictor {
  /**
   * Runs the network on a batch.
   *
   * @param scope will own the result and whatever the predictor makes on the way; it is closed when
   *     the result has been read
   * @return float32 [batch, channels, height / 8, width / 8], what the network is trained to
   *     predict
   */
  NDArray predict(Batch batch, NDManager scope);

  /**
   * What the network is asked. The rows hold one and the same latent under different conditions.
   *
   * @param call which call of the model this belongs to, counted from 0 for each picture; the
   *     conditions of a call may take several batches
   * @param sigma the noise level
   * @param negatives how many of the first rows are under the negative condition
   * @param blind how many of the first rows are not shown the picture that an editing model reads
   * @param conditions those of the rows, which context and added hold for the network
   * @param latents float32 [batch, channels, height / 8, width / 8], at unit variance
   * @param times float32 [batch], training time steps, fractions allowed
   * @param context float32 [batch, tokens, width], the states of the text encoders
   * @param added what the network is told beside time and text
   */
  record Batch(
      int call,
      double sigma,
      int negatives,
      int blind,
      List<Conditioning> conditions,
      NDArray latents,
      NDArray times,
      NDArray context,
      AddedConditions added) {
    /** The same question about other latents. */
    Batch withLatents(NDArray others) {
      return new Batch(call, sigma, negatives, blind, conditions, others, times, context, added);
    }

    /** The number of rows. */
    public int rows() {
      return (int) latents.getShape().get(0);
    }
  }
}
