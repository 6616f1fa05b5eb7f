package dev.sdlora.pipeline.canvas;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.families.family.ReferenceSize;
import dev.sdlora.families.network.vae.LatentResizing;
import dev.sdlora.families.network.vae.Vae;
import dev.sdlora.pipeline.raster.Box;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.raster.Resampling;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.tensors.torch.Torch;
import java.util.Arrays;
import java.util.Optional;

/** Encodes canvases for samplers and inpainting models. */
public final class CanvasEncoder {
  /** The side of the squares of pixels that are one position of a latent. */
  private static final int SQUARE = 8;

  private final Vae vae;
  private final LatentResizing resizing;

  /** Creates an encoder that uses an autoencoder. */
  public CanvasEncoder(Vae vae, LatentResizing resizing) {
    this.vae = vae;
    this.resizing = resizing;
  }

  /**
   * Returns the latent of a canvas and the part of it that is repainted.
   *
   * @param size the size of the request
   * @param scope a manager for temporary arrays
   */
  public StartLatent encode(Canvas canvas, ImageSize size, NDManager scope) {
    Raster image = canvas.image();
    ImageSize own = new ImageSize(image.width(), image.height());
    float[] latent = vae.encode(image.planes(), own, scope);
    return new StartLatent(
        resizing.resize(
            LatentResizing.Mode.BILINEAR,
            latent,
            vae.config().sampledShape(own),
            vae.config().sampledShape(size),
            scope),
        canvas.mask().map(mask -> repaint(mask, latent.length)));
  }

  private static Raster resized(Raster image, PixelSize size) {
    return image.width() == size.width() && image.height() == size.height()
        ? image
        : Resampling.LANCZOS.resize(image, size.width(), size.height());
  }

  /**
   * Returns the latent of a reference image, reduced and cut as {@link ReferenceSize} says.
   *
   * @param scope owns the result
   * @return float32 [1, channels, height, width]
   */
  public NDArray reference(Image image, NDManager scope) {
    ImageSize size = ReferenceSize.of(image);
    Raster reduced = resized(Raster.of(image), ReferenceSize.reduced(image));
    Raster middle =
        reduced.crop(
            new Box(
                (reduced.width() - size.width()) / 2,
                (reduced.height() - size.height()) / 2,
                size.width(),
                size.height()));
    LatentShape shape = vae.config().sampledShape(size);
    return Torch.floats(
        scope,
        vae.encode(middle.planes(), size, scope),
        1,
        shape.channels(),
        shape.height(),
        shape.width());
  }

  /**
   * Returns the latent of a control image, resized to the size of the request as in diffusers' and
   * Black Forest Labs' code. They draw a sample of the latent's distribution; this is its mean.
   *
   * @param size the size of the pass
   * @param scope a manager for temporary arrays
   * @return [channels][height / 8][width / 8]
   */
  public float[] control(Image image, ImageSize size, NDManager scope) {
    Raster raster = Raster.of(image);
    boolean fits = raster.width() == size.width() && raster.height() == size.height();
    Raster resized = fits ? raster : Resampling.LANCZOS.resize(raster, size.width(), size.height());
    return vae.encode(resized.planes(), size, scope);
  }

  /** Returns 1 in all channels of latent positions that are more than half masked, otherwise 0. */
  private float[] repaint(Raster mask, int length) {
    int factor = vae.config().sampledFactor();
    Raster small = Resampling.BICUBIC.resize(mask, mask.width() / factor, mask.height() / factor);
    float[] repaint = new float[length];
    for (int i = 0; i < length; i++) {
      repaint[i] = small.level(i % small.samples().length) > 127 ? 1 : 0;
    }
    return repaint;
  }

  /**
   * Returns the channels that an editing model reads with the noisy latent: the encoded image
   * (Brooks et al. 2023), or zeros if there is none.
   *
   * @param size the size of the request
   * @param latentChannels the channels of a latent
   * @param unitVariance whether to scale it to unit variance, as for CosXL's model
   * @param scope a manager for temporary arrays
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
    Raster image = canvas.get().image();
    ImageSize own = new ImageSize(image.width(), image.height());
    float[] latent =
        unitVariance
            ? vae.encode(image.planes(), own, scope)
            : vae.mean(image.planes(), own, scope);
    return resizing.resize(
        LatentResizing.Mode.BILINEAR,
        latent,
        vae.config().sampledShape(own),
        vae.config().sampledShape(size),
        scope);
  }

  /**
   * Returns the channels that an inpainting model reads with the noisy latent: the mask, then the
   * latent of the image without the masked part. Without a canvas or mask, everything is masked.
   *
   * @param size the size of the request
   * @param conditioningMaskWeight how much of the masked part is hidden from the model, from 0 to
   *     1: A1111's "inpainting conditioning mask strength"
   * @param scope a manager for temporary arrays
   * @return [1 + channels][height / 8][width / 8]
   */
  public float[] channels(
      Optional<Canvas> canvas, ImageSize size, double conditioningMaskWeight, NDManager scope) {
    Optional<Raster> mask = canvas.flatMap(Canvas::mask);
    int width = size.width();
    int height = size.height();
    float[] hidden = hidden(canvas, size, conditioningMaskWeight, scope);
    int positions = width / 8 * (height / 8);
    float[] channels = new float[positions + hidden.length];
    Arrays.fill(channels, 0, positions, 1);
    if (mask.isPresent()) {
      // Each position takes its first pixel, as in nearest-neighbour interpolation.
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

  /** Returns the latent of the image without the masked part, or of nothing. */
  private float[] hidden(
      Optional<Canvas> canvas, ImageSize size, double conditioningMaskWeight, NDManager scope) {
    int pixels = size.width() * size.height();
    Optional<Raster> mask = canvas.flatMap(Canvas::mask);
    // 0 is grey, the value of hidden pixels.
    float[] seen = new float[3 * pixels];
    if (mask.isPresent()) {
      seen = canvas.orElseThrow().image().planes();
      for (int i = 0; i < seen.length; i++) {
        if (mask.get().level(i % pixels) > 127) {
          seen[i] *= (float) (1 - conditioningMaskWeight);
        }
      }
    }
    return vae.encode(seen, size, scope);
  }

  /**
   * Returns the channels that FLUX.1 Fill reads with the noisy latent: the latent of the image
   * without the masked part, then the mask, whose squares of 8×8 pixels are 64 channels, row by
   * row. Without a canvas or mask, everything is masked.
   *
   * @param size the size of the request
   * @param conditioningMaskWeight as for {@link #channels}
   * @param scope a manager for temporary arrays
   * @return [channels + 64][height / 8][width / 8]
   */
  public float[] filled(
      Optional<Canvas> canvas, ImageSize size, double conditioningMaskWeight, NDManager scope) {
    float[] hidden = hidden(canvas, size, conditioningMaskWeight, scope);
    float[] mask = squares(canvas.flatMap(Canvas::mask), size);
    float[] channels = Arrays.copyOf(hidden, hidden.length + mask.length);
    System.arraycopy(mask, 0, channels, hidden.length, mask.length);
    return channels;
  }

  /** Returns 1 for masked pixels, [64][height / 8][width / 8]: all pixels of each square. */
  static float[] squares(Optional<Raster> mask, ImageSize size) {
    float[] squares = new float[size.width() * size.height()];
    Arrays.fill(squares, 1);
    if (mask.isPresent()) {
      int width = size.width() / SQUARE;
      int height = size.height() / SQUARE;
      for (int i = 0; i < squares.length; i++) {
        int channel = i / (width * height);
        int y = i / width % height * SQUARE + channel / SQUARE;
        int x = i % width * SQUARE + channel % SQUARE;
        squares[i] = mask.get().level(y * size.width() + x) > 127 ? 1 : 0;
      }
    }
    return squares;
  }
}
