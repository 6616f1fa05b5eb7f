package dev.sdlora.pipeline.canvas;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.pipeline.network.LatentResizing;
import dev.sdlora.pipeline.network.Vae;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.raster.Resampling;
import java.util.Arrays;
import java.util.Optional;

/** Turns canvases into what sampling and inpainting models read. */
public final class CanvasEncoder {
  private final Vae vae;
  private final LatentResizing resizing;

  /** An encoder that uses an autoencoder. */
  public CanvasEncoder(Vae vae, LatentResizing resizing) {
    this.vae = vae;
    this.resizing = resizing;
  }

  /**
   * The latent of a canvas and the part of it that is painted.
   *
   * @param size of the request
   * @param scope a manager for what is needed on the way
   */
  public StartLatent encode(Canvas canvas, ImageSize size, NDManager scope) {
    Raster picture = canvas.image();
    ImageSize own = new ImageSize(picture.width(), picture.height());
    float[] latent = vae.encode(picture.planes(), own, scope);
    return new StartLatent(
        resizing.resize(LatentResizing.Mode.BILINEAR, latent, own, size, scope),
        canvas.mask().map(mask -> repaint(mask, latent.length)));
  }

  /** 1 at the positions of a latent of which more than half is masked, in all channels. */
  private static float[] repaint(Raster mask, int length) {
    Raster small = Resampling.BICUBIC.resize(mask, mask.width() / 8, mask.height() / 8);
    float[] repaint = new float[length];
    for (int i = 0; i < length; i++) {
      repaint[i] = small.level(i % small.samples().length) > 127 ? 1 : 0;
    }
    return repaint;
  }

  /**
   * What a model that edits is shown beside the noisy latent: the image as the encoder gives it
   * (Brooks et al. 2023); zeros where there is none.
   *
   * @param size of the request
   * @param latentChannels of a latent
   * @param unitVariance whether it is brought to unit variance, as CosXL's model is shown it
   * @param scope a manager for what is needed on the way
   * @return [channels][height / 8][width / 8]
   */
  public float[] edited(
      Optional<Canvas> canvas,
      ImageSize size,
      int latentChannels,
      boolean unitVariance,
      NDManager scope) {
    if (canvas.isEmpty()) {
      return new float[latentChannels * (size.height() / 8) * (size.width() / 8)];
    }
    Raster picture = canvas.get().image();
    ImageSize own = new ImageSize(picture.width(), picture.height());
    float[] latent =
        unitVariance
            ? vae.encode(picture.planes(), own, scope)
            : vae.mean(picture.planes(), own, scope);
    return resizing.resize(LatentResizing.Mode.BILINEAR, latent, own, size, scope);
  }

  /**
   * What an inpainting model is shown beside the noisy latent: the mask, then the latent of the
   * image without what is masked. Without a canvas, or on one without a mask, everything is masked.
   *
   * @param size of the request
   * @param conditioningMaskWeight how far the masked part is hidden from the model, from 0 to 1 for
   *     wholly: A1111's "inpainting conditioning mask strength"
   * @param scope a manager for what is needed on the way
   * @return [1 + channels][height / 8][width / 8]
   */
  public float[] channels(
      Optional<Canvas> canvas, ImageSize size, double conditioningMaskWeight, NDManager scope) {
    int width = size.width();
    int height = size.height();
    Optional<Raster> mask = canvas.flatMap(Canvas::mask);
    // 0 is grey: what a hidden pixel becomes.
    float[] seen = new float[3 * width * height];
    if (mask.isPresent()) {
      seen = canvas.orElseThrow().image().planes();
      for (int i = 0; i < seen.length; i++) {
        if (mask.get().level(i % (width * height)) > 127) {
          seen[i] *= (float) (1 - conditioningMaskWeight);
        }
      }
    }
    float[] hidden = vae.encode(seen, size, scope);
    int positions = width / 8 * (height / 8);
    float[] channels = new float[positions + hidden.length];
    Arrays.fill(channels, 0, positions, 1);
    if (mask.isPresent()) {
      // The first pixel of each position decides, as nearest interpolation has it.
      Raster pixels = mask.get();
      for (int i = 0; i < positions; i++) {
        int x = i % (width / 8) * 8;
        int y = i / (width / 8) * 8;
        channels[i] = pixels.level(y * width + x) > 127 ? 1 : 0;
      }
    }
    System.arraycopy(hidden, 0, channels, positions, hidden.length);
    return channels;
  }
}
