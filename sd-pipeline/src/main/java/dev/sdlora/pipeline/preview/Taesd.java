package dev.sdlora.pipeline.preview;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.pipeline.checkpoint.NetworkFile;
import dev.sdlora.pipeline.checkpoint.TinyDecoderReader;
import dev.sdlora.pipeline.image.Pixels;
import dev.sdlora.pipeline.network.TinyDecoder;
import dev.sdlora.pipeline.network.TinyDecoderConfig;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.awt.image.BufferedImage;
import java.nio.file.Path;

/** TAESD's decoder, for full-size previews and for final images. */
public final class Taesd implements Previewer, AutoCloseable {
  /** The number of channels of the latents of SD 3 and Flux. */
  private static final int MODERN_CHANNELS = 16;

  /** Pixels per latent position, along each side. */
  private static final int SCALE = 8;

  private final Torch torch;
  private final LiveWeights weights;
  private final TinyDecoder decoder;
  private final TinyDecoderConfig config;

  /**
   * Loads the decoder.
   *
   * @param file the decoder's file
   * @param latentChannels channels of the latents to decode
   * @param torch owner of the native memory
   * @param loader loads the weights
   * @throws CheckpointException if the file is not a TAESD decoder or is for other latents
   */
  public static Taesd load(Path file, int latentChannels, Torch torch, TensorLoader loader) {
    NetworkFile<TinyDecoderConfig> read = TinyDecoderReader.read(file);
    requireFit(file, read.config(), latentChannels);
    LiveWeights weights = LiveWeights.load(torch, loader, read.weights(), ScalarType.FLOAT32);
    return new Taesd(torch, read.config(), weights);
  }

  private Taesd(Torch torch, TinyDecoderConfig config, LiveWeights weights) {
    this.torch = torch;
    this.config = config;
    this.weights = weights;
    this.decoder = new TinyDecoder(torch, config, weights);
  }

  private static void requireFit(Path file, TinyDecoderConfig config, int latentChannels) {
    if (config.latentChannels() != latentChannels) {
      throw new CheckpointException(
          "preview decoder '%s' is for latents with %s channels, but the checkpoint has %s; %s"
              .formatted(
                  file,
                  config.latentChannels(),
                  latentChannels,
                  config.latentChannels() == MODERN_CHANNELS
                      ? "it is probably TAESD3 or TAEF1, but SD 1.x needs TAESD"
                      : "it was probably made for another model"),
          ErrorDetails.in(file));
    }
  }

  @Override
  public BufferedImage image(float[] latent, int height, int width) {
    ImageSize size = new ImageSize(SCALE * width, SCALE * height);
    return Pixels.image(decode(latent, size, Tiling.NONE), size.width());
  }

  /**
   * Decodes a latent.
   *
   * @param latent [channels][height / 8][width / 8] at unit variance
   * @param size the size of the image
   * @param tiling the edges that wrap around
   * @return [3][height][width], about -1 to 1
   */
  public float[] decode(float[] latent, ImageSize size, Tiling tiling) {
    int height = size.height() / SCALE;
    int width = size.width() / SCALE;
    try (NDManager scope = torch.scope();
        NDArray latents = Torch.floats(scope, latent, 1, config.latentChannels(), height, width)) {
      return decoder.decode(latents, tiling, scope).toFloatArray();
    }
  }

  /** The dimensions of the decoder. */
  public TinyDecoderConfig config() {
    return config;
  }

  @Override
  public void close() {
    weights.close();
  }
}
