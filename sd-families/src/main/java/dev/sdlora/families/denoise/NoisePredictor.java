package dev.sdlora.families.denoise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.network.ImageKeys;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import java.util.List;

/**
 * Runs the U-Net; the only place where sampling does. Implementations add whatever else a network
 * reads in addition to latent, time and text, such as an inpainting model's channels or a
 * ControlNet's residuals.
 */
@FunctionalInterface
public interface NoisePredictor {
  /**
   * Runs the network on a batch.
   *
   * @param scope will own the result and all temporary arrays; it is closed after the result is
   *     read
   * @return float32 [batch, channels, height / 8, width / 8], the network's prediction
   */
  NDArray predict(Batch batch, NDManager scope);

  /**
   * The network's input: one latent under several conditions, or the latents of several images.
   *
   * @param call the index of the model call, counted from 0 for each image; one call may have
   *     several batches
   * @param sigma the noise level
   * @param rows describes each row
   * @param latents float32 [batch, channels, height / 8, width / 8], at unit variance
   * @param times float32 [batch], training timesteps, which may be fractional
   * @param context float32 [batch, tokens, width], the states of the text encoders
   * @param added the conditions in addition to time and text
   * @param skipped the indices of the network's blocks to leave out
   */
  record Batch(
      int call,
      double sigma,
      List<Row> rows,
      NDArray latents,
      NDArray times,
      NDArray context,
      AddedConditions added,
      List<Integer> skipped) {
    /** Returns a copy with other latents. */
    Batch withLatents(NDArray others) {
      return new Batch(call, sigma, rows, others, times, context, added, skipped);
    }

    /** Returns a copy with image prompts. */
    public Batch with(ImageKeys images) {
      return new Batch(call, sigma, rows, latents, times, context, added.with(images), skipped);
    }

    /** Returns the batch as the U-Net's input. */
    UNet.Input input(Residuals residuals) {
      return new UNet.Input(latents, times, context, added, residuals);
    }

    /** Returns the number of rows. */
    public int size() {
      return rows.size();
    }
  }

  /**
   * A row of a batch.
   *
   * @param image the index of the image in the batch, counted from 0
   * @param condition the condition that context and added hold for the network
   * @param negative whether it is the negative condition
   * @param blind whether it does not see the image that an editing model reads
   */
  record Row(int image, Conditioning condition, boolean negative, boolean blind) {}
}
