package dev.sdlora.training.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.vae.Vae;
import dev.sdlora.families.network.vae.VaeConfig;
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
  private final boolean isSampled;

  /**
   * Reads the weights of the autoencoder's encoder.
   *
   * @param device the device that computes; {@code auto} for the best one
   * @param isSampled whether latents are samples of the encoder's distribution instead of its means
   * @throws dev.sdlora.api.error.TensorFileException if they cannot be read
   */
  public static ImageEncoder load(String device, ModelFiles files, boolean isSampled) {
    Torch torch = Torch.open(device);
    try {
      LiveWeights weights =
          LiveWeights.load(
              torch,
              new TensorLoader(torch),
              VaeConfig.half(files.vae().weights(), true),
              ScalarType.FLOAT32);
      return new ImageEncoder(
          torch, weights, new Vae(torch, files.vae().config(), weights), isSampled);
    } catch (RuntimeException | Error e) {
      torch.close();
      throw e;
    }
  }

  private ImageEncoder(Torch torch, LiveWeights weights, Vae vae, boolean isSampled) {
    this.torch = torch;
    this.weights = weights;
    this.vae = vae;
    this.isSampled = isSampled;
  }

  /**
   * Encodes an image.
   *
   * @param pixels [3][height][width], -1 to 1
   * @return the distribution of its latents, of about unit variance as the sampler reads them
   */
  public LatentDistribution encode(float[] pixels, ImageSize size) {
    try (NDManager scope = torch.scope()) {
      NDArray input = Torch.floats(scope, pixels, 1, 3, size.height(), size.width());
      float[] moments = vae.encode(input, scope).toFloatArray();
      double[] mean = new double[moments.length / 2];
      double[] above = new double[mean.length];
      for (int i = 0; i < mean.length; i++) {
        double logVariance = Math.min(MOST, Math.max(LEAST, moments[mean.length + i]));
        mean[i] = moments[i];
        above[i] = moments[i] + (isSampled ? Math.exp(logVariance / 2) : 0);
      }
      VaeConfig config = vae.config();
      int columns = size.width() / config.factor();
      float[] scaled = config.format().toUnitVariance(mean, config.latentChannels(), columns);
      float[] deviation = config.format().toUnitVariance(above, config.latentChannels(), columns);
      for (int i = 0; i < deviation.length; i++) {
        deviation[i] -= scaled[i];
      }
      return new LatentDistribution(scaled, deviation);
    }
  }

  @Override
  public void close() {
    weights.close();
    torch.close();
  }
}
