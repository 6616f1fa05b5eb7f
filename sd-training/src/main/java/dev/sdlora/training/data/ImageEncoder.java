package dev.sdlora.training.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.pipeline.checkpoint.UNetFiles;
import dev.sdlora.pipeline.network.Vae;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;

/**
 * Encodes images into latents with a checkpoint's autoencoder, whose native memory it owns until it
 * is closed. Not safe for use by several threads.
 */
public final class ImageEncoder implements AutoCloseable {
  /** Bounds on the logarithm of the variance, as in the published code. */
  private static final double LEAST = -30;

  private static final double MOST = 20;

  private final Torch torch;
  private final LiveWeights weights;
  private final Vae vae;

  /**
   * Reads the weights of the autoencoder's encoder.
   *
   * @throws dev.sdlora.api.error.TensorFileException if they cannot be read
   */
  public static ImageEncoder load(UNetFiles files) {
    Torch torch = Torch.open("cpu");
    try {
      LiveWeights weights =
          LiveWeights.load(
              torch,
              new TensorLoader(torch),
              VaeConfig.half(files.vae().weights(), true),
              ScalarType.FLOAT32);
      return new ImageEncoder(torch, weights, new Vae(torch, files.vae().config(), weights));
    } catch (RuntimeException | Error e) {
      torch.close();
      throw e;
    }
  }

  private ImageEncoder(Torch torch, LiveWeights weights, Vae vae) {
    this.torch = torch;
    this.weights = weights;
    this.vae = vae;
  }

  /**
   * Encodes an image.
   *
   * @param pixels [3][height][width], -1 to 1
   * @return the distribution of its latents, of about unit variance
   */
  public LatentDistribution encode(float[] pixels, ImageSize size) {
    try (NDManager scope = torch.scope()) {
      NDArray input = Torch.floats(scope, pixels, 1, 3, size.height(), size.width());
      float[] moments = vae.encode(input, scope).toFloatArray();
      float[] mean = new float[moments.length / 2];
      float[] deviation = new float[mean.length];
      for (int i = 0; i < mean.length; i++) {
        double logVariance = Math.min(MOST, Math.max(LEAST, moments[mean.length + i]));
        mean[i] = (float) (moments[i] * vae.config().latentScale());
        deviation[i] = (float) (Math.exp(logVariance / 2) * vae.config().latentScale());
      }
      return new LatentDistribution(mean, deviation);
    }
  }

  @Override
  public void close() {
    weights.close();
    torch.close();
  }
}
