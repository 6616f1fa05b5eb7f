package dev.sdlora.pipeline.denoise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.pipeline.conditioning.Conditioning;
import dev.sdlora.pipeline.network.AddedConditions;
import dev.sdlora.pipeline.network.Residuals;
import dev.sdlora.pipeline.network.UNet;
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
   * What the network is asked: about one latent under several conditions, or about those of several
   * images.
   *
   * @param call which call of the model this belongs to, counted from 0 for each image; one call
   *     may take several batches
   * @param sigma the noise level
   * @param rows what each row is
   * @param latents float32 [batch, channels, height / 8, width / 8], at unit variance
   * @param times float32 [batch], training time steps, fractions allowed
   * @param context float32 [batch, tokens, width], the states of the text encoders
   * @param added what the network is told beside time and text
   */
  record Batch(
      int call,
      double sigma,
      List<Row> rows,
      NDArray latents,
      NDArray times,
      NDArray context,
      AddedConditions added) {
    /** The same question about other latents. */
    Batch withLatents(NDArray others) {
      return new Batch(call, sigma, rows, others, times, context, added);
    }

    /** The question as the U-Net takes it. */
    UNet.Input input(Residuals residuals) {
      return new UNet.Input(latents, times, context, added, residuals);
    }

    /** The number of rows. */
    public int size() {
      return rows.size();
    }
  }

  /**
   * A row of a batch.
   *
   * @param image whose latent it holds, counted from 0 among those of the batch
   * @param condition what context and added hold for the network
   * @param negative whether that is the negative condition
   * @param blind whether it is not shown the image that an editing model reads
   */
  record Row(int image, Conditioning condition, boolean negative, boolean blind) {}
}
